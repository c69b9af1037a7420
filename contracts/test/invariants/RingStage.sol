// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Handler} from "./Handler.sol";
import {ReceiptEvidence} from "../../src/interfaces/Claims.sol";
import {RevenueVault} from "../../src/RevenueVault.sol";
import {CourtFixture} from "../../testing/CourtFixture.sol";
import {ReceiptHash} from "../../src/libraries/ReceiptHash.sol";
import {Receipt} from "../../src/interfaces/Claims.sol";

/// @notice A ring of colluders: HOST and TWIN are two accounts of one host, OUTSIDER owns a toy model that both
/// license, and SHILL is a staked verifier of theirs. Around them OWNER, who owns the model that the ring serves,
/// HONEST, a host that books what it charges, and VERIFIER, who claims what is unpaid.
abstract contract RingStage is CourtFixture, Handler {
    address internal constant TWIN = address(0x7817);
    address internal constant SHILL = address(0x5411);
    address internal constant HONEST = address(0x40E57);
    uint256 internal constant TWIN_KEY = 0x52;
    uint256 internal constant HONEST_KEY = 0x53;

    /// @notice A signed answer: whose, who can open its nonce, and the claim on it.
    struct Use {
        address account;
        address opener;
        ReceiptEvidence evidence;
        uint256 payment;
        bytes32 claimId;
    }

    Use[] internal uses;
    uint256 internal toyModel;
    uint256 internal honestLicense;
    uint256[] internal ringLicenses;
    /// @notice What buyers paid into the ring's vaults.
    uint256 internal earned;
    uint256 internal wealth0;

    function deployStage() internal {
        deployCourt();
        openDoors();
        for (uint256 i = 0; i < 3; ++i) {
            address each = [TWIN, SHILL, HONEST][i];
            fund(each, address(licenses));
            vm.startPrank(each);
            token.approve(address(verifiers), type(uint256).max);
            token.approve(address(court), type(uint256).max);
            vm.stopPrank();
        }
        token.mint(BUYER, 1e6 * DOLLAR);
        token.mint(VERIFIER, 1e6 * DOLLAR);
        token.mint(SHILL, 1e6 * DOLLAR);
        modelId = mintModel(OWNER, "root", 5_000);
        toyModel = mintModel(OUTSIDER, "toy", 5_000);
        openAccount(HOST, SIGNER_KEY, BOND);
        openAccount(TWIN, TWIN_KEY, BOND);
        openAccount(HONEST, HONEST_KEY, BOND);
        honestLicense = accept(HONEST, modelId);
        serve(OWNER, honestLicense);
        vaultOf(honestLicense);
        for (uint256 i = 0; i < 2; ++i) {
            address account = i == 0 ? HOST : TWIN;
            join(account, modelId, OWNER);
            join(account, toyModel, OUTSIDER);
        }
        vm.startPrank(SHILL);
        verifiers.stake(20 * DOLLAR, "key");
        court.deposit(SHILL, 100 * DOLLAR);
        vm.stopPrank();
        vm.prank(VERIFIER);
        court.deposit(VERIFIER, 1_000 * DOLLAR);
        wealth0 = wealth();
    }

    function join(address account, uint256 model, address owner) internal {
        uint256 id = accept(account, model);
        serve(owner, id);
        vaultOf(id);
        ringLicenses.push(id);
    }

    /// @dev Everything that any of the ring has or is owed.
    function wealth() internal view returns (uint256 sum) {
        address[4] memory ring = [HOST, TWIN, OUTSIDER, SHILL];
        for (uint256 i = 0; i < 4; ++i) {
            sum += token.balanceOf(ring[i]) + court.balanceOf(ring[i]) + court.owed(ring[i]);
            sum += licenses.accountOf(ring[i]).bond + verifiers.stakeOf(ring[i]);
        }
        for (uint256 i = 0; i < uses.length; ++i) {
            Use storage use = uses[i];
            bool posted = use.opener == SHILL && use.claimId != 0 && isOpen(use.claimId);
            if (posted) sum += court.claim(use.claimId).bond;
        }
        for (uint256 i = 0; i < ringLicenses.length; ++i) {
            RevenueVault vault = RevenueVault(licenses.vaultOf(ringLicenses[i]));
            sum += token.balanceOf(address(vault)); // at most
        }
    }

    function record(address account, uint256 named, address opener, uint256 payment) internal returns (uint256 number) {
        number = uses.length;
        Receipt memory r = answered(named, bytes32(number));
        r.requestNonce = ReceiptHash.requestNonce(opener, bytes32(number));
        uint256 key =
            account == HOST
                ? SIGNER_KEY
                : account == TWIN
                    ? TWIN_KEY
                    : HONEST_KEY;
        uses.push();
        Use storage use = uses[number];
        (use.account, use.opener, use.payment) = (account, opener, payment);
        use.evidence.signed = signed(key, r);
        use.evidence.nonceSalt = bytes32(number);
    }

    function isBookedUse(uint256 number) internal view returns (bool) {
        Receipt memory r = uses[number].evidence.signed.receipt;
        return RevenueVault(licenses.vaultOf(r.licenseId)).booked(r.paymentRef, r.client) >= r.cumulative;
    }

    function isOpen(bytes32 claimId) internal view returns (bool) {
        return court.claim(claimId).answerBy != 0 && uint256(court.claim(claimId).state) <= 2;
    }

    function pick(
        uint256 seed,
        function(uint256) internal view returns (bool) fits
    ) internal view returns (uint256 number) {
        for (uint256 i = 0; i < uses.length; ++i) {
            number = ((seed % uses.length) + i) % uses.length;
            if (fits(number)) return number;
        }
        revert Idle();
    }
}
