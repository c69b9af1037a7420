// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Handler} from "./Handler.sol";
import {Claim, ClaimState, Offence, Receipt, ReceiptEvidence} from "../../src/interfaces/Claims.sol";
import {MintParams} from "../../src/interfaces/IModelRegistry.sol";
import {HitFixture} from "../../testing/HitFixture.sol";
import {Merkle} from "../../testing/Merkle.sol";
import {ExactPayment} from "../../src/interfaces/IRevenueVault.sol";
import {RevenueVault} from "../../src/RevenueVault.sol";

/// @notice HOST pays some of what it owes, HONEST pays everything before anyone may claim it. Both license OWNER's
/// model; HOST also
/// licenses a model of OUTSIDER that may hide it. VERIFIER claims whatever it can, and what it can't.
abstract contract CourtStage is HitFixture, Handler {
    uint256 internal constant HONEST_KEY = 0x53;
    address internal constant HONEST = address(0x40E57);

    /// @notice A signed answer, and what became of it.
    struct Use {
        address account;
        ReceiptEvidence evidence;
        uint256 paymentNumber;
        uint256 twin; // 1 + number of another answer on the same money, 0: none
        bytes32 claimId;
    }

    Use[] internal uses;
    uint256 internal honestLicense;
    uint256 internal otherModel;
    uint256 internal otherLicense; // of HOST on it
    uint256 internal honestBond;
    uint256 internal payments; // answers made so far: each charges the payment of its number

    /// @notice What was taken out of each of HOST's pots, and the largest that one claim on it could take.
    mapping(uint256 potClosesAt => uint256) internal takenOf;
    mapping(uint256 potClosesAt => uint256) internal largestOf;
    bytes32[] internal claimIds;
    uint256 public won;
    uint256 public lost;

    function deployStage() internal {
        deployCourt();
        openDoors();
        prepareBook();
        modelId = mintModel(OWNER, Merkle.root(bookLeaves), 5_000);
        otherModel = mintModel(OUTSIDER, "other", 5_000);
        fund(HONEST, address(licenses));
        token.mint(HOST, 1e6 * DOLLAR);
        token.mint(VERIFIER, 1e6 * DOLLAR);
        token.mint(BUYER, 1e6 * DOLLAR);
        token.mint(OUTSIDER, 1e6 * DOLLAR);
        openAccount(HOST, SIGNER_KEY, BOND);
        openAccount(HONEST, HONEST_KEY, BOND);
        honestBond = BOND;
        licenseId = accept(HOST, modelId);
        otherLicense = accept(HOST, otherModel);
        honestLicense = accept(HONEST, modelId);
        serve(OWNER, licenseId);
        serve(OUTSIDER, otherLicense);
        serve(OWNER, honestLicense);
        vaultOf(honestLicense);
        vm.prank(VERIFIER);
        court.deposit(VERIFIER, 1_000 * DOLLAR);
    }

    /// @dev A fresh answer that names a license and charges a payment of its own.
    function serveBy(address account, uint256 named) internal returns (uint256 number) {
        return record(account, answered(named, bytes32(uses.length)), ++payments);
    }

    /// @dev Two answers that charge the same money.
    function serveTwiceBy(address account, uint256 named) internal {
        uint256 first = serveBy(account, named);
        Receipt memory r = uses[first].evidence.signed.receipt;
        Receipt memory again = answered(named, bytes32(uses.length));
        again.paymentRef = r.paymentRef;
        ++payments;
        uint256 second = record(account, again, uses[first].paymentNumber);
        (uses[first].twin, uses[second].twin) = (second + 1, first + 1);
    }

    function record(address account, Receipt memory r, uint256 paymentNumber) private returns (uint256 number) {
        number = uses.length;
        uses.push();
        Use storage use = uses[number];
        use.account = account;
        use.paymentNumber = paymentNumber;
        use.evidence.signed = signed(account == HOST ? SIGNER_KEY : HONEST_KEY, r);
        use.evidence.nonceSalt = bytes32(number);
    }

    function bookUse(uint256 number, uint256 inLicense) internal {
        book(inLicense, paymentNonce(uses[number].paymentNumber), PRICE);
    }

    function isBookedUse(uint256 number) internal view returns (bool) {
        Receipt memory r = uses[number].evidence.signed.receipt;
        address vault = licenses.vaultOf(r.licenseId);
        return vault.code.length != 0 && RevenueVault(vault).booked(r.paymentRef, r.client) >= r.cumulative;
    }

    /// @dev One of all answers that fits: the first from a random one on.
    function pick(
        uint256 seed,
        function(uint256) internal view returns (bool) fits
    ) internal view returns (uint256 number) {
        uint256 count = uses.length;
        for (uint256 i = 0; i < count; ++i) {
            number = ((seed % count) + i) % count;
            if (fits(number)) return number;
        }
        revert Idle();
    }

    function isOpen(bytes32 claimId) internal view returns (bool) {
        ClaimState state = court.claim(claimId).state;
        return state == ClaimState.CONTESTED || state == ClaimState.PROVING;
    }

    /// @dev A claim began: the most it could ever take of HOST.
    function opened(bytes32 claimId, uint256 most) internal {
        claimIds.push(claimId);
        uint256 pot = court.claim(claimId).potClosesAt;
        if (most > largestOf[pot]) largestOf[pot] = most;
    }

    /// @dev A claim ended: how much HOST lost, fees and slashes alike.
    function noteEnd(bytes32 claimId, uint256 taken) internal {
        Claim memory claim = court.claim(claimId);
        if (claim.state == ClaimState.LAPSED) ++lost;
        else ++won;
        takenOf[claim.potClosesAt] += taken;
        check(takenOf[claim.potClosesAt] <= largestOf[claim.potClosesAt], "a pot gave more than one slash");
        if (claim.offence != Offence.DISGUISED_USE && claim.state == ClaimState.SLASHED)
            check(claim.suspends, "what is unpaid suspends nothing");
    }
}
