// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BystanderActions} from "./BystanderActions.sol";
import {DisguisedActions} from "./DisguisedActions.sol";
import {UnpaidActions} from "./UnpaidActions.sol";
import {ClaimState} from "../../src/interfaces/Claims.sol";
import {Account} from "../../src/interfaces/IHostAccounts.sol";
import {TitleBond} from "../../src/interfaces/ITitleBonds.sol";
import {Standing} from "../../src/interfaces/IVerifierRegistry.sol";
import {Check} from "../../testing/Check.sol";

/// @notice Every action around claims, and what must hold between any two of them.
contract ClaimHandler is UnpaidActions, DisguisedActions, BystanderActions {
    constructor() {
        deployStage();
    }

    function courtHoldsWhatItOwes() external view {
        uint256 owed =
            court.balanceOf(VERIFIER) +
                court.owed(OWNER) +
                court.owed(HOST) +
                court.owed(BURNED) +
                court.owed(address(verifiers));
        for (uint256 i = 0; i < claimIds.length; ++i) {
            if (isOpen(claimIds[i])) owed += court.claim(claimIds[i]).bond;
        }
        eq(token.balanceOf(address(court)), owed);
    }

    function thePotIsWhatTheBondSetsAside() external view {
        (uint256 amount, uint256 open, , , ) = court.potOf(HOST);
        Account memory account = licenses.accountOf(HOST);
        eq(amount, account.contested);
        require(account.contested <= account.bond, "a claim reserves more than the bond");
        uint256 contestedClaims;
        for (uint256 i = 0; i < claimIds.length; ++i) {
            if (court.claim(claimIds[i]).state == ClaimState.CONTESTED) ++contestedClaims;
        }
        eq(open, contestedClaims);
        require(amount <= mostInPot, "more is set aside than any claim could take");
        if (contestedClaims == 0) eq(amount, 0);
    }

    function verifiersHoldStakesDepositsAndPool() external view {
        uint256 sum = verifiers.stakeOf(VERIFIER) + verifiers.pool();
        for (uint256 i = 0; i < batchIds.length; ++i) sum += verifiers.batch(batchIds[i]).deposit;
        eq(token.balanceOf(address(verifiers)), sum);
    }

    function titlesHoldTheirBonds() external view {
        TitleBond memory bond = titles.titleBondOf(otherModel);
        eq(token.balanceOf(address(titles)), bond.bond);
        eq(bond.reserved, 0);
    }

    function whoPaysInTimeNeverLoses() external view {
        eq(licenses.accountOf(HONEST).bond, honestBond);
        eq(licenses.accountOf(HONEST).contested, 0);
    }

    function registryHoldsItsBonds() external view {
        eq(
            token.balanceOf(address(licenses)),
            licenses.accountOf(HOST).bond + uint256(licenses.accountOf(HONEST).bond)
        );
    }

    function standingCountsClaims() external view {
        Standing memory standing = verifiers.standingOf(VERIFIER);
        eq(standing.claimsWon, won);
        eq(standing.claimsLost, lost);
        eq(standing.batches, batchIds.length);
    }

    function everyUnitHasAPlace() external view {
        address[9] memory places = [
            address(licenses),
            address(verifiers),
            address(titles),
            address(court),
            OWNER,
            HOST,
            VERIFIER,
            OUTSIDER,
            BURNED
        ];
        uint256 sum = token.balanceOf(BUYER) + token.balanceOf(HONEST);
        for (uint256 i = 0; i < places.length; ++i) sum += token.balanceOf(places[i]);
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) sum += token.balanceOf(licenses.vaultOf(id));
        eq(sum, token.totalSupply());
    }
}

contract ClaimInvariants is Check {
    ClaimHandler private handler;

    function setUp() public {
        handler = new ClaimHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_TheCourtHoldsWhatItOwes() public view {
        handler.courtHoldsWhatItOwes();
    }

    function invariant_ThePotIsWhatTheBondSetsAside() public view {
        handler.thePotIsWhatTheBondSetsAside();
    }

    function invariant_VerifiersHoldStakesDepositsAndPool() public view {
        handler.verifiersHoldStakesDepositsAndPool();
    }

    function invariant_TitlesHoldTheirBonds() public view {
        handler.titlesHoldTheirBonds();
    }

    function invariant_WhoPaysInTimeNeverLoses() public view {
        handler.whoPaysInTimeNeverLoses();
    }

    function invariant_TheRegistryHoldsItsBonds() public view {
        handler.registryHoldsItsBonds();
    }

    function invariant_StandingCountsClaims() public view {
        handler.standingCountsClaims();
    }

    function invariant_EveryUnitHasAKnownPlace() public view {
        handler.everyUnitHasAPlace();
    }

    /// @notice No use claimed twice, no receipt counted twice, no second slash within a cooldown, no gain from a use
    /// that was paid, no refund above the cap: what actions check by themselves.
    function invariant_NoClaimBreaksARule() public view {
        require(bytes(handler.broken()).length == 0, handler.broken());
    }

    function invariant_NoClaimGetsStuck() public view {
        require(handler.refusal().length == 0, "refused");
    }
}
