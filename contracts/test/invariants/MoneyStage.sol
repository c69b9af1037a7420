// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Handler} from "./Handler.sol";
import {LicenseRegistry} from "../../src/LicenseRegistry.sol";
import {IInspectionPools} from "../../src/interfaces/IInspectionPools.sol";
import {RevenueVault} from "../../src/RevenueVault.sol";
import {BatchSettlement} from "../../src/channels/BatchSettlement.sol";
import {ERC3009DepositCollector} from "../../src/channels/ERC3009DepositCollector.sol";
import {BATCH_SETTLEMENT, ERC3009_DEPOSIT_COLLECTOR} from "../../src/interfaces/IBatchSettlement.sol";
import {AcceptParams, License, LicenseState} from "../../src/interfaces/ILicenseRegistry.sol";
import {Terms, TermsKind} from "../../src/interfaces/ITermsRegistry.sol";
import {ModelFixture} from "../../testing/ModelFixture.sol";
import {OddToken} from "../../testing/OddToken.sol";

/// @notice A parent model and a child that owes it 10 %, two accounts that license both in every way, their vaults, and
/// a buyer. The two
/// courts are addresses that do whatever a court may.
abstract contract MoneyStage is ModelFixture, Handler {
    address internal constant AUTHOR = address(0xA07);
    address internal constant CROOK = address(0xC200C);
    address internal constant CLAIM_COURT = address(0xC1);
    address internal constant LEAK_COURT = address(0x1EA);
    address internal constant POOL = address(0x9001);

    LicenseRegistry public licenses;
    BatchSettlement internal channels = BatchSettlement(BATCH_SETTLEMENT);
    address[2] internal accounts = [HOST, CROOK];
    address[6] internal payees = [OWNER, AUTHOR, HOST, CROOK, TREASURY, POOL];
    uint256 internal parentId;
    uint256 internal childId;
    uint32[3][2] internal offered; // terms by model, then kind
    uint256 internal constant PRICE = 5 * DOLLAR; // of a period of a PRIVATE license

    /// @notice Everything that a vault ever received.
    mapping(address vault => uint256) public arrived;

    function deployStage() internal {
        deployToken();
        deployModels();
        vm.etch(POOL, hex"00"); // takes what it is fed
        RevenueVault implementation = new RevenueVault(parameters, models, termsRegistry, IInspectionPools(POOL));
        licenses = new LicenseRegistry(parameters, models, termsRegistry, address(implementation));
        models.bindLicenses(address(licenses));
        licenses.bindCourt(CLAIM_COURT);
        licenses.bindLeakCourt(LEAK_COURT);
        vm.etch(BATCH_SETTLEMENT, address(new BatchSettlement()).code);
        vm.etch(ERC3009_DEPOSIT_COLLECTOR, address(new ERC3009DepositCollector()).code);
        address[4] memory rich = [HOST, CROOK, AUTHOR, BUYER];
        for (uint256 i = 0; i < rich.length; ++i) fund(rich[i]);
        makeModels();
    }

    function fund(address actor) private {
        token.mint(actor, 1e6 * DOLLAR);
        vm.prank(actor);
        token.approve(address(licenses), type(uint256).max);
    }

    function makeModels() private {
        parentId = mintModel(OWNER, "parent", 5_000);
        offer(0, parentId, OWNER, 1_000);
        uint256 licenseId = acceptAs(AUTHOR, parentId, offered[0][TermsKind.DERIVE], 0);
        vm.prank(OWNER);
        licenses.deliver(licenseId, 1, "edition");
        vm.prank(AUTHOR);
        licenses.activate(licenseId);
        childId = mintChild(AUTHOR, "child", one(parentId, licenseId));
        offer(1, childId, AUTHOR, 500);
    }

    function childSlashBps() internal pure override returns (uint16) {
        return 5_000;
    }

    /// @dev SERVE bonds 50 dollars; PRIVATE costs 5 a month, asks for approval and posts a leak bond; DERIVE is free.
    function offer(uint256 slot, uint256 modelId, address owner, uint16 royaltyBps) private {
        Terms memory serve = terms(5_000);
        serve.leakBond = uint96(20 * DOLLAR);
        Terms memory own = privateTerms();
        (own.approvalNeeded, own.leakBond, own.bond) = (true, uint96(7 * DOLLAR), 0);
        Terms memory derive = deriveTerms(royaltyBps, true);
        derive.bond = 0;
        Terms[3] memory all = [serve, own, derive];
        for (uint8 kind = 0; kind < 3; ++kind) {
            offered[slot][kind] = termsRegistry.register(all[kind]);
            vm.prank(owner);
            models.setOffer(modelId, kind, offered[slot][kind]);
        }
    }

    function acceptAs(
        address account,
        uint256 modelId,
        uint32 termsId,
        uint96 deposit
    ) internal returns (uint256 licenseId) {
        AcceptParams memory p;
        (p.modelId, p.termsId, p.deposit) = (modelId, termsId, deposit);
        vm.prank(account);
        licenseId = licenses.accept(p);
        address vault = licenses.vaultOf(licenseId);
        arrived[vault] += token.balanceOf(vault); // DERIVE is paid at once
    }

    /// @dev One of all licenses so far that fits, with its record: the first from a random one on. Nothing to do where
    /// none does.
    function pick(
        uint256 seed,
        function(License memory) internal view returns (bool) fits
    ) internal view returns (uint256 licenseId, License memory it) {
        uint256 count = licenses.licenseCount();
        for (uint256 i = 0; i < count; ++i) {
            licenseId = 1 + (((seed % count) + i) % count);
            it = licenses.license(licenseId);
            if (fits(it)) return (licenseId, it);
        }
        revert Idle();
    }

    function isAny(License memory) internal pure returns (bool) {
        return true;
    }

    function isRequested(License memory it) internal pure returns (bool) {
        return it.state == LicenseState.REQUESTED;
    }

    function isOpen(License memory it) internal pure returns (bool) {
        return it.state >= LicenseState.BONDED && it.state <= LicenseState.SUSPENDED;
    }

    /// @dev A license's vault, deployed by its first use.
    function vaultAt(uint256 licenseId) internal returns (RevenueVault) {
        return RevenueVault(licenses.deployVault(licenseId));
    }

    function ownerOf(uint256 modelId) internal view returns (address) {
        return models.ownerOf(modelId);
    }
}
