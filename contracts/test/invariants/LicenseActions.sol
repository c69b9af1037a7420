// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MoneyStage} from "./MoneyStage.sol";
import {Account} from "../../src/interfaces/IHostAccounts.sol";
import {License, LicenseState, Suspension} from "../../src/interfaces/ILicenseRegistry.sol";
import {ReleaseParams} from "../../src/interfaces/IModelRegistry.sol";
import {TermsKind} from "../../src/interfaces/ITermsRegistry.sol";

/// @notice What licensees, owners and passers-by do with bonds and licenses.
abstract contract LicenseActions is MoneyStage {
    uint256 internal constant EXIT_DELAY = 120;

    mapping(address account => uint256) internal askedAt;
    mapping(address account => uint256) internal asked;

    function depositBond(uint256 who, uint256 amount) external {
        vm.prank(accounts[who % 2]);
        licenses.depositBond(accounts[(who >> 1) % 2], bound(amount, 1, 100 * DOLLAR));
    }

    function announceExit(uint256 who, uint256 amount) external {
        address account = accounts[who % 2];
        uint256 bond = licenses.accountOf(account).bond;
        unless(bond == 0);
        (askedAt[account], asked[account]) = (block.timestamp, bound(amount, 1, bond));
        vm.prank(account);
        licenses.announceExit(asked[account]);
    }

    /// @dev Sometimes a host waits for the days between ripe and lapsed, which chance seldom meets.
    function withdrawBond(uint256 who, uint256 patience) external {
        address account = accounts[who % 2];
        Account memory before = licenses.accountOf(account);
        uint256 kept = uint256(before.allocated) + before.contested;
        unless(before.exit.amount == 0 || before.bond <= kept || token.refuses(account));
        if (patience % 4 == 0 && block.timestamp < before.exit.ripeAt) vm.warp(before.exit.ripeAt);
        if (block.timestamp >= before.exit.ripeAt) {
            vm.prank(account);
            must(address(licenses), abi.encodeCall(licenses.withdraw, ()));
        } else {
            vm.prank(account);
            licenses.withdraw(); // refused
        }
        uint256 left = licenses.accountOf(account).bond;
        check(block.timestamp >= askedAt[account] + EXIT_DELAY, "bond left before its delay");
        check(before.bond - left <= asked[account], "more left than was announced");
        check(left >= kept, "bond left that was reserved");
        asked[account] -= before.bond - left;
    }

    /// @notice The first combination of account, model and kind, from a random one on, that has no open license.
    function accept(uint256 seed, uint96 deposit) external {
        for (uint256 i = 0; i < 12; ++i) {
            uint256 way = ((seed % 12) + i) % 12;
            (uint256 model, uint8 kind) = ((way / 2) % 2, uint8(way / 4));
            uint256 modelId = model == 0 ? parentId : childId;
            uint256 latest = licenses.licenseOf(accounts[way % 2], modelId, kind);
            if (latest != 0 && !isOver(licenses.license(latest))) continue;
            acceptAs(accounts[way % 2], modelId, offered[model][kind], uint96(bound(deposit, 0, 80 * DOLLAR)));
            return;
        }
        revert Idle();
    }

    function approveLicense(uint256 seed) external {
        (uint256 licenseId, License memory it) = pick(seed, isRequested);
        vm.prank(ownerOf(it.modelId));
        licenses.approveLicense(licenseId);
        if (it.kind == TermsKind.PRIVATE) arrived[it.vault] += PRICE;
    }

    function decline(uint256 seed) external {
        (uint256 licenseId, License memory it) = pick(seed, isRequested);
        vm.prank(ownerOf(it.modelId));
        licenses.decline(licenseId);
    }

    function deliver(uint256 seed) external {
        (uint256 licenseId, License memory it) = pick(seed, isBehind);
        (uint32 latest, ) = models.latestRelease(it.modelId);
        vm.prank(ownerOf(it.modelId));
        licenses.deliver(licenseId, latest, keccak256(abi.encode(seed)));
    }

    function activate(uint256 seed) external {
        (uint256 licenseId, License memory it) = pick(seed, isDelivered);
        vm.prank(it.account);
        licenses.activate(licenseId);
    }

    function suspend(uint256 seed) external {
        uint256 count = licenses.licenseCount();
        for (uint256 i = 0; i < count; ++i) {
            uint256 licenseId = 1 + (((seed % count) + i) % count);
            bool suspendable = licenses.suspensionOf(licenseId) > Suspension.CLAIMED;
            if (!suspendable || licenses.license(licenseId).state != LicenseState.ACTIVE) continue;
            must(address(licenses), abi.encodeCall(licenses.suspend, (licenseId)));
            return;
        }
        revert Idle();
    }

    function renew(uint256 seed, uint256 periods) external {
        (uint256 licenseId, License memory it) = pick(seed, isRenewable);
        periods = bound(periods, 1, 3);
        vm.prank(BUYER);
        licenses.renew(licenseId, uint32(periods));
        arrived[it.vault] += periods * PRICE;
    }

    function close(uint256 seed) external {
        unless(seed % 3 != 0); // or few would live long
        (uint256 licenseId, License memory it) = pick(seed, isOpen);
        vm.prank(it.account);
        licenses.close(licenseId);
    }

    function finishClose(uint256 seed) external {
        (uint256 licenseId, License memory it) = pick(seed, isLeaving);
        // The leak court has not ended its report.
        bool isHeld = it.suspension == Suspension.BARRED && it.leakBond != 0 && it.state == LicenseState.CLOSING;
        bool isDue = block.timestamp >= it.closedAt && block.timestamp >= it.frozenUntil && !isHeld;
        if (isDue) must(address(licenses), abi.encodeCall(licenses.finishClose, (licenseId)));
        else licenses.finishClose(licenseId); // refused
        check(isDue, "license closed before its time");
    }

    function release(uint256 model) external {
        uint256 modelId = model % 2 == 0 ? parentId : childId;
        (uint32 latest, ) = models.latestRelease(modelId);
        unless(latest == 3);
        ReleaseParams memory p;
        p.codeBook = codeBook(keccak256(abi.encode(modelId, latest)));
        p.gracePeriod = 30;
        committed(ownerOf(modelId), p.codeBook.root);
        vm.prank(ownerOf(modelId));
        models.release(modelId, p);
    }

    function refuse(uint256 who) external {
        address account = payees[who % payees.length];
        token.refuse(account, !token.refuses(account) && (who / 6) % 3 == 0); // most of the time most are welcome
    }

    function wait_(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, EXIT_DELAY));
        vm.roll(block.number + 1);
    }

    /// @notice Past the windows of weeks and months.
    function waitLong(uint256 seed) external {
        unless(seed % 3 != 0); // or nothing in hand would ever be young
        vm.warp(block.timestamp + 31 days);
        vm.roll(block.number + 400);
    }

    function isBehind(License memory it) private view returns (bool) {
        (uint32 latest, ) = models.latestRelease(it.modelId);
        return isOpen(it) && it.delivered < latest;
    }

    function isDelivered(License memory it) private pure returns (bool) {
        return
            isOpen(it) &&
            it.suspension != Suspension.BARRED &&
            (it.delivered != it.activated || it.state == LicenseState.SUSPENDED);
    }

    function isRenewable(License memory it) private pure returns (bool) {
        return isOpen(it) && it.kind == TermsKind.PRIVATE;
    }

    function isLeaving(License memory it) private pure returns (bool) {
        return it.state == LicenseState.CLOSING || (it.state == LicenseState.SLASHED && it.closedAt != 0);
    }

    function isOver(License memory it) internal pure returns (bool) {
        return it.state == LicenseState.CLOSED || (it.state == LicenseState.SLASHED && it.closedAt == 0);
    }
}
