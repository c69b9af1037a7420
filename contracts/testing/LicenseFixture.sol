// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChannelFixture} from "./ChannelFixture.sol";
import {ModelFixture} from "./ModelFixture.sol";
import {LicenseRegistry} from "../src/LicenseRegistry.sol";
import {RevenueVault} from "../src/RevenueVault.sol";
import {IInspectionPools} from "../src/interfaces/IInspectionPools.sol";
import {Account} from "../src/interfaces/IHostAccounts.sol";
import {AcceptParams, License, LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {ExactPayment} from "../src/interfaces/IRevenueVault.sol";

/// @notice Licenses over real models and terms, and the steps by which a host comes to serve.
abstract contract LicenseFixture is ModelFixture, ChannelFixture {
    uint256 internal constant BOND = 200 * DOLLAR;
    uint256 internal constant RESERVED = 50 * DOLLAR; // by one SERVE license

    LicenseRegistry internal licenses;

    /// @notice Everything up to the license registry; the vaults' inspection pool goes to `pool`. The courts are left
    /// to bind.
    function deployLicenses(address pool) internal {
        deployToken();
        deployModels();
        placeChannels();
        RevenueVault implementation = new RevenueVault(parameters, models, termsRegistry, IInspectionPools(pool));
        licenses = new LicenseRegistry(parameters, models, termsRegistry, address(implementation));
        models.bindLicenses(address(licenses));
        fund(HOST, address(licenses));
        fund(OUTSIDER, address(licenses));
        fund(BUYER, address(licenses));
        vm.prank(BUYER);
        token.approve(address(collector), type(uint256).max);
    }

    function childSlashBps() internal pure override returns (uint16) {
        return 5_000;
    }

    /// @notice A bonded host with a bound signer.
    function openAccount(address host, uint256 signerKey, uint256 bond) internal {
        bytes memory signature = sign(signerKey, bindingDigest(host));
        vm.startPrank(host);
        licenses.depositBond(host, bond);
        licenses.bindSigner(vm.addr(signerKey), signature);
        vm.stopPrank();
    }

    function bindingDigest(address account) internal view returns (bytes32) {
        return
            typedDigest(address(licenses), keccak256(abi.encode(keccak256("SignerBinding(address account)"), account)));
    }

    /// @notice What `accept` asks for where a model offers these terms.
    function acceptParams(uint256 modelId, uint8 kind) internal view returns (AcceptParams memory p) {
        p.modelId = modelId;
        p.termsId = models.offerOf(modelId, kind);
        p.endpoint = "https://host.example";
        p.encryptionKey = keccak256("x25519");
        p.hostSalt = keccak256("salt");
    }

    function accept(address host, uint256 modelId) internal returns (uint256 licenseId) {
        return acceptKind(host, modelId, TermsKind.SERVE);
    }

    function acceptKind(address account, uint256 modelId, uint8 kind) internal returns (uint256 licenseId) {
        AcceptParams memory p = acceptParams(modelId, kind);
        vm.prank(account);
        return licenses.accept(p);
    }

    /// @notice The owner of a model offers other terms of their kind.
    function offer(address owner, uint256 modelId, Terms memory t) internal returns (uint32 termsId) {
        termsId = termsRegistry.register(t);
        vm.prank(owner);
        models.setOffer(modelId, t.kind, termsId);
    }

    /// @notice Delivered by `owner` and taken up by the account.
    function serve(address owner, uint256 licenseId) internal {
        vm.prank(owner);
        licenses.deliver(licenseId, 1, "edition");
        (address account, , , , ) = licenses.partiesOf(licenseId);
        vm.prank(account);
        licenses.activate(licenseId);
    }

    /// @notice A license's vault, with its code.
    function vaultOf(uint256 licenseId) internal returns (RevenueVault) {
        return RevenueVault(licenses.deployVault(licenseId));
    }

    /// @notice Pays and books `value` under `nonce`.
    function book(uint256 licenseId, bytes32 nonce, uint256 value) internal {
        RevenueVault vault = vaultOf(licenseId);
        ExactPayment memory p = payment(nonce, value);
        vault.bookExact(p, signPayment(p, address(vault)));
    }

    /// @notice BUYER cancels an authorization of its own: from then on it reads as used.
    function cancelPayment(bytes32 nonce) internal {
        bytes32 cancel = keccak256(
            abi.encode(keccak256("CancelAuthorization(address authorizer,bytes32 nonce)"), BUYER, nonce)
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), cancel));
        token.cancelAuthorization(BUYER, nonce, sign(BUYER_KEY, digest));
    }

    function stateOf(uint256 licenseId) internal view returns (LicenseState) {
        return licenses.license(licenseId).state;
    }

    function eq(LicenseState actual, LicenseState expected) internal pure {
        eq(uint256(actual), uint256(expected));
    }

    function accountOf(address account) internal view returns (Account memory) {
        return licenses.accountOf(account);
    }
}

/// @notice Licenses on one model, with courts that the test speaks for.
abstract contract LicenseTest is LicenseFixture {
    address internal constant COURT = address(0xC0047);
    address internal constant LEAK_COURT = address(0x1EAC);
    address internal constant POOL = address(0x9001);

    uint256 internal modelId;

    function setUp() public virtual {
        deployLicenses(POOL);
        vm.etch(POOL, hex"00"); // takes what it is fed
        licenses.bindCourt(COURT);
        licenses.bindLeakCourt(LEAK_COURT);
        modelId = mintModel(OWNER, "root", 5_000);
        openAccount(HOST, SIGNER_KEY, BOND);
    }
}
