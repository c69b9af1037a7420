// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Check} from "./Check.sol";
import {ClaimCourt} from "../src/ClaimCourt.sol";
import {DevDollar} from "../src/DevDollar.sol";
import {LicenseRegistry} from "../src/LicenseRegistry.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";
import {Parameters} from "../src/Parameters.sol";
import {RevenueVault} from "../src/RevenueVault.sol";
import {VerifierRegistry} from "../src/VerifierRegistry.sol";
import {AcceptParams} from "../src/interfaces/ILicenseRegistry.sol";
import {CodeBook, MintParams, Terms} from "../src/interfaces/IModelRegistry.sol";
import {Values} from "../src/interfaces/IParameters.sol";
import {ExactPayment} from "../src/interfaces/IRevenueVault.sol";

/// @notice One deployment with short durations, named actors with money, and the steps that every story starts with.
abstract contract Fixture is Check {
    uint256 internal constant DOLLAR = 1e6;
    uint256 internal constant BOND = 200 * DOLLAR;
    uint256 internal constant FLOOR = 1_000;
    uint256 internal constant BUYER_KEY = 0xb0;
    uint256 internal constant SIGNER_KEY = 0x51;
    address internal constant TREASURY = address(0x7EA);
    address internal constant OWNER = address(0x0311E2);
    address internal constant HOST = address(0x4057);
    address internal constant VERIFIER = address(0x3E81);
    address internal constant OUTSIDER = address(0x0FF);
    address internal constant BURNED = address(0xdEaD);

    DevDollar internal token;
    Parameters internal parameters;
    ModelRegistry internal models;
    LicenseRegistry internal licenses;
    VerifierRegistry internal verifiers;
    ClaimCourt internal court;
    address internal BUYER;
    address internal SIGNER;

    function deployAll() internal {
        vm.warp(1_800_000_000);
        vm.roll(1_000);
        BUYER = vm.addr(BUYER_KEY);
        SIGNER = vm.addr(SIGNER_KEY);
        token = new DevDollar();
        parameters = new Parameters(devValues(), address(token), TREASURY);
        models = new ModelRegistry(parameters);
        verifiers = new VerifierRegistry(parameters);
        RevenueVault implementation = new RevenueVault(parameters, models, address(verifiers));
        licenses = new LicenseRegistry(parameters, models, address(implementation));
        court = new ClaimCourt(parameters, models, licenses, verifiers);
        licenses.bindCourt(address(court));
        verifiers.bindCourt(address(court));
        fund(HOST);
        fund(VERIFIER);
        fund(BUYER);
        fund(OUTSIDER);
    }

    function devValues() internal pure virtual returns (Values memory v) {
        v.minAccountBond = 50 * DOLLAR;
        v.minStake = 20 * DOLLAR;
        v.claimBond = DOLLAR;
        v.claimCost = DOLLAR / 2;
        v.batchDeposit = DOLLAR;
        v.batchRefund = DOLLAR / 4;
        v.anchorWindow = 3_600;
        v.revocationDelay = 5;
        v.exitDelay = 120;
        v.claimMinAge = 12;
        v.claimMaxAge = 14 days;
        v.answerWindow = 15;
        v.slashCooldown = 60;
        v.batchOpenWindow = 600;
        v.unstakeDelay = 60;
        v.beaconDelay = 2;
        v.revealMinBlocks = 1;
        v.revealMaxBlocks = 300;
        v.protocolFeeBps = 250;
        v.poolBps = 250;
        v.lateFeeBps = 1_000;
        v.claimantShareBps = 2_000;
        v.ownerShareBps = 2_000;
        v.maxSlashBps = 5_000;
        v.evidenceThreshold = 2;
    }

    function fund(address actor) internal {
        token.mint(actor, 1_000 * DOLLAR);
        address[3] memory spenders = [address(licenses), address(verifiers), address(court)];
        for (uint256 i = 0; i < spenders.length; ++i) {
            vm.prank(actor);
            token.approve(spenders[i], type(uint256).max);
        }
    }

    function terms(uint16 slashBps) internal pure returns (Terms memory) {
        return Terms({floorPrice: FLOOR, minBond: 50 * DOLLAR, ownerShareBps: 6_000, slashBps: slashBps, mode: 0, uri: "terms"});
    }

    function codeBook(bytes32 root) internal pure returns (CodeBook memory) {
        return CodeBook({root: root, poseidonRoot: 0, size: 16, commonSize: 16, bits: 2});
    }

    function mintParams(bytes32 commitId, address owner, Terms memory terms_) internal pure returns (MintParams memory p) {
        p.commitId = commitId;
        p.owner = owner;
        p.terms = terms_;
        p.weightsDigest = keccak256("weights");
        p.uri = "https://publisher.example";
    }

    /// @notice Commits a code book and waits for its beacon.
    function drawn(address owner, bytes32 root) internal returns (bytes32 commitId) {
        vm.prank(owner);
        commitId = models.commitCodeBook(codeBook(root));
        vm.roll(block.number + 3);
        models.drawBeacon(commitId);
    }

    function mintModel(address owner, bytes32 root, uint16 slashBps) internal returns (uint256) {
        bytes32 commitId = drawn(owner, root);
        vm.prank(owner);
        return models.mint(mintParams(commitId, owner, terms(slashBps)));
    }

    /// @notice A bonded host with a bound signer.
    function openAccount(address host, uint256 signerKey, uint256 bond) internal {
        address signer = vm.addr(signerKey);
        bytes memory signature = sign(signerKey, bindingDigest(host));
        vm.startPrank(host);
        licenses.depositBond(host, bond);
        licenses.bindSigner(signer, signature);
        vm.stopPrank();
    }

    function accept(address host, uint256 modelId) internal returns (uint256 licenseId) {
        vm.prank(host);
        return licenses.accept(acceptParams(modelId));
    }

    function acceptParams(uint256 modelId) internal pure returns (AcceptParams memory) {
        return AcceptParams({
            modelId: modelId,
            maxBond: 50 * DOLLAR,
            maxFloorPrice: FLOOR,
            endpoint: "https://host.example",
            encryptionKey: keccak256("x25519"),
            hostSalt: keccak256("salt")
        });
    }

    function vaultOf(uint256 licenseId) internal view returns (RevenueVault) {
        return RevenueVault(licenses.license(licenseId).vault);
    }

    function payment(bytes32 nonce, uint256 value) internal view returns (ExactPayment memory) {
        return ExactPayment({from: BUYER, value: value, validAfter: 0, validBefore: block.timestamp + 1 hours, nonce: nonce});
    }

    function signPayment(ExactPayment memory p, address to) internal view returns (bytes memory) {
        return sign(BUYER_KEY, transferDigest(p, to));
    }

    function transferDigest(ExactPayment memory p, address to) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        bytes32 inner = keccak256(abi.encode(typeHash, p.from, to, p.value, p.validAfter, p.validBefore, p.nonce));
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), inner));
    }

    function paymentRef(bytes32 nonce) internal view returns (bytes32) {
        return keccak256(abi.encode("exact", address(token), BUYER, nonce));
    }

    /// @notice Pays and books `value` under `nonce`.
    function book(uint256 licenseId, bytes32 nonce, uint256 value) internal {
        RevenueVault vault = vaultOf(licenseId);
        ExactPayment memory p = payment(nonce, value);
        vault.bookExact(p, signPayment(p, address(vault)));
    }

    function bindingDigest(address account) internal view returns (bytes32) {
        return typedDigest(address(licenses), keccak256(abi.encode(keccak256("SignerBinding(address account)"), account)));
    }

    /// @notice EIP-712 digest in OML's domain.
    function typedDigest(address verifyingContract, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("OML"),
                keccak256("1"),
                block.chainid,
                verifyingContract
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}

abstract contract FixtureTest is Fixture {
    function setUp() public virtual {
        deployAll();
    }
}
