// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseFixture} from "./LicenseFixture.sol";
import {ClaimCourt} from "../src/ClaimCourt.sol";
import {InspectionPools} from "../src/InspectionPools.sol";
import {LicenseRegistry} from "../src/LicenseRegistry.sol";
import {RevenueVault} from "../src/RevenueVault.sol";
import {TitleBonds} from "../src/TitleBonds.sol";
import {VerifierRegistry} from "../src/VerifierRegistry.sol";
import {Claim, ClaimState, Offence, Proof, Receipt, ReceiptEvidence, SignedReceipt} from "../src/interfaces/Claims.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {Leaves} from "../src/libraries/Leaves.sol";
import {ReceiptHash} from "../src/libraries/ReceiptHash.sol";

/// @notice A court over real licenses, a licensed host, and claims of offence 1 against it. VERIFIER is staked and has
/// 100 dollars in the
/// court; the clock runs, so that a receipt is signed and anchored now and claimed when it is of age.
abstract contract CourtFixture is LicenseFixture {
    /// @notice What has to be shown again of a claim of offence 1.
    struct Told {
        Receipt[] receipts;
        bytes32 nonceSalt;
    }

    bytes32 internal constant SALT = "salt";
    uint256 internal constant PRICE = 5_000;
    uint256 internal constant SLASH = BOND / 2;

    VerifierRegistry internal verifiers;
    InspectionPools internal pools;
    TitleBonds internal titles;
    IClaimCourt internal court;
    uint256 internal modelId;
    uint256 internal licenseId;
    mapping(bytes32 claimId => Told) internal told;
    uint256 private receipts;

    function deployCourt() internal {
        deployToken();
        deployModels();
        placeChannels();
        verifiers = new VerifierRegistry(parameters, beacon);
        pools = new InspectionPools(parameters, models, verifiers);
        RevenueVault implementation = new RevenueVault(parameters, models, termsRegistry, pools);
        licenses = new LicenseRegistry(parameters, models, termsRegistry, address(implementation));
        models.bindLicenses(address(licenses));
        titles = new TitleBonds(parameters, models, termsRegistry, licenses);
        court = new ClaimCourt(parameters, models, licenses, verifiers);
        licenses.bindCourt(address(court));
        verifiers.bindCourt(address(court));
        titles.bindCourt(address(court));
    }

    function openDoors() internal {
        address[5] memory actors = [OWNER, BUYER, HOST, VERIFIER, OUTSIDER];
        for (uint256 i = 0; i < actors.length; ++i) {
            fund(actors[i], address(licenses));
            vm.startPrank(actors[i]);
            token.approve(address(verifiers), type(uint256).max);
            token.approve(address(titles), type(uint256).max);
            token.approve(address(court), type(uint256).max);
            vm.stopPrank();
        }
        vm.startPrank(VERIFIER);
        verifiers.stake(20 * DOLLAR, "key");
        court.deposit(VERIFIER, 100 * DOLLAR);
        vm.stopPrank();
    }

    // Receipts

    /// @notice An answer of the host to the verifier's client, now, charged to the exact payment "pay n".
    function answered(uint256 named, bytes32 nonceSalt) internal returns (Receipt memory r) {
        r.licenseId = named;
        r.client = BUYER;
        r.requestNonce = ReceiptHash.requestNonce(VERIFIER, nonceSalt);
        r.queryHash = keccak256("query");
        r.head = "amber and more";
        r.responseHash = keccak256("response");
        r.paymentRef = paymentRef(paymentNonce(++receipts));
        r.amount = PRICE;
        r.cumulative = PRICE;
        r.answeredAt = block.timestamp;
    }

    function paymentNonce(uint256 n) internal pure returns (bytes32) {
        return keccak256(abi.encode("pay", n));
    }

    /// @notice Pays what the latest receipt owes, in the vault of `licenseId_`.
    function bookLatest(uint256 licenseId_) internal {
        book(licenseId_, paymentNonce(receipts), PRICE);
    }

    /// @notice Signed by `key` and anchored alone, now.
    function signed(uint256 key, Receipt memory r) internal returns (SignedReceipt memory s) {
        bytes32 digest = court.receiptDigest(r);
        s.receipt = r;
        s.signature = sign(key, digest);
        s.anchorRoot = Leaves.anchorLeaf(digest);
        if (court.anchoredAt(s.anchorRoot) == 0) court.anchor(s.anchorRoot);
    }

    function prove(Receipt memory r, bytes32 nonceSalt) internal returns (ReceiptEvidence memory) {
        return ReceiptEvidence(signed(SIGNER_KEY, r), nonceSalt);
    }

    /// @notice One fresh unpaid use that names the host's license.
    function unpaidUse(bytes32 nonceSalt) internal returns (ReceiptEvidence memory) {
        return prove(answered(licenseId, nonceSalt), nonceSalt);
    }

    function digestOf(ReceiptEvidence memory e) internal view returns (bytes32) {
        return court.receiptDigest(e.signed.receipt);
    }

    // Claims

    function commitment(bytes32 contentsHash) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(court), VERIFIER, contentsHash, SALT));
    }

    function commit(bytes32 contentsHash) internal {
        bytes32 hash = commitment(contentsHash);
        vm.prank(VERIFIER);
        court.commitClaim(hash);
        vm.roll(block.number + 1);
    }

    function alone(ReceiptEvidence memory e) internal pure returns (ReceiptEvidence[] memory items) {
        items = new ReceiptEvidence[](1);
        items[0] = e;
    }

    function contentsOf(ReceiptEvidence[] memory items) internal view returns (bytes32) {
        bytes32[] memory digests = new bytes32[](items.length);
        for (uint256 i = 0; i < items.length; ++i) digests[i] = digestOf(items[i]);
        return keccak256(abi.encode(Offence.UNPAID_USE, digests));
    }

    /// @notice Commits, and waits until the receipt is of age.
    function commitUnpaid(ReceiptEvidence memory e) internal {
        commitUnpaid(alone(e));
    }

    function commitUnpaid(ReceiptEvidence[] memory items) internal {
        commit(contentsOf(items));
        vm.warp(block.timestamp + 12);
    }

    function claimUnpaid(ReceiptEvidence memory e) internal returns (bytes32 claimId) {
        return claimUnpaid(alone(e));
    }

    /// @notice None of the receipts is booked yet.
    function claimUnpaid(ReceiptEvidence[] memory items) internal returns (bytes32 claimId) {
        commitUnpaid(items);
        vm.prank(VERIFIER);
        claimId = court.revealUnpaidUse(items, SALT);
        tell(claimId, items, items[0].nonceSalt);
    }

    function tell(bytes32 claimId, ReceiptEvidence[] memory items, bytes32 nonceSalt) internal {
        for (uint256 i = 0; i < items.length; ++i) told[claimId].receipts.push(items[i].signed.receipt);
        told[claimId].nonceSalt = nonceSalt;
    }

    /// @notice Commits as a claim would; then the reveal fails as `refusal` says.
    function refuseClaim(ReceiptEvidence memory e, bytes memory refusal) internal {
        commitUnpaid(e);
        vm.expectRevert(refusal);
        vm.prank(VERIFIER);
        court.revealUnpaidUse(alone(e), SALT);
    }

    function finalise(bytes32 claimId) internal {
        court.finaliseUnpaidUse(told[claimId].receipts, VERIFIER, told[claimId].nonceSalt);
    }

    /// @notice Finalises once the window is over.
    function finaliseInTime(bytes32 claimId) internal returns (ClaimState) {
        if (block.timestamp <= court.claim(claimId).answerBy) vm.warp(court.claim(claimId).answerBy + 1);
        finalise(claimId);
        return court.claim(claimId).state;
    }

    function expectState(bytes32 claimId, ClaimState expected) internal view {
        eq(uint256(court.claim(claimId).state), uint256(expected));
    }

    function contested(address account) internal view returns (uint256) {
        return accountOf(account).contested;
    }
}

/// @notice One model, one license of HOST on it, and every actor with 1,000 dollars.
abstract contract CourtTest is CourtFixture {
    function setUp() public virtual {
        deployCourt();
        openDoors();
        modelId = mintModel(OWNER, "root", 5_000);
        openAccount(HOST, SIGNER_KEY, BOND);
        licenseId = accept(HOST, modelId);
        serve(OWNER, licenseId);
    }
}
