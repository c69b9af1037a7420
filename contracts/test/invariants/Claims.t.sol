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
        uint256 owed = court.balanceOf(VERIFIER) + court.owed(OWNER) + court.owed(HOST) + court.owed(BURNED);
        for (uint256 i = 0; i < claimIds.length; ++i) {
            if (isOpen(claimIds[i])) owed += court.claim(claimIds[i]).bond;
        }
        eq(token.balanceOf(address(court)), owed);
    }

    function thePotsAreWhatTheBondSetsAside() external view {
        (uint256 size, uint256 taken, uint256 open, uint256 closesAt) = court.potOf(HOST);
        Account memory account = licenses.accountOf(HOST);
        require(account.contested <= account.bond, "claims reserve more than the bond");
        uint256 sharing;
        uint256 contestedClaims;
        for (uint256 i = 0; i < claimIds.length; ++i) {
            if (!isOpen(claimIds[i])) continue;
            ++contestedClaims;
            if (court.claim(claimIds[i]).potClosesAt == closesAt) ++sharing;
        }
        eq(open, sharing);
        require(size <= largestOf[closesAt], "a pot is larger than any claim on it");
        if (sharing == contestedClaims) eq(account.contested, open == 0 ? 0 : size - taken);
        else require(account.contested >= (open == 0 ? 0 : size - taken), "a pot is not set aside");
    }

    function verifiersHoldStakesAndDeposits() external view {
        uint256 sum = verifiers.stakeOf(VERIFIER);
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

    function poolsHoldWhatTheyCount() external view {
        eq(token.balanceOf(address(pools)), pools.poolOf(modelId) + pools.poolOf(otherModel));
    }

    function standingCountsClaims() external view {
        Standing memory standing = verifiers.standingOf(VERIFIER);
        eq(standing.claimsWon, won);
        eq(standing.claimsLost, lost);
        eq(verifiers.batchCount(), batchIds.length);
    }

    function everyUnitHasAPlace() external view {
        address[10] memory places = [
            address(licenses),
            address(verifiers),
            address(pools),
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

    function invariant_ThePotsAreWhatTheBondSetsAside() public view {
        handler.thePotsAreWhatTheBondSetsAside();
    }

    function invariant_VerifiersHoldStakesAndDeposits() public view {
        handler.verifiersHoldStakesAndDeposits();
    }

    function invariant_PoolsHoldWhatTheyCount() public view {
        handler.poolsHoldWhatTheyCount();
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

    /// @notice No use claimed twice, no receipt counted twice, no pot that gives more than one slash, no gain from a
    /// use that was paid: what actions check by themselves.
    function invariant_NoClaimBreaksARule() public view {
        require(bytes(handler.broken()).length == 0, handler.broken());
    }

    function invariant_NoClaimGetsStuck() public view {
        handler.nothingWasRefused();
    }
}
