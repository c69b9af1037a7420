// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReportStage} from "./ReportStage.sol";
import {CommitteeState} from "../../src/interfaces/ICommittees.sol";
import {License, LicenseState, Suspension} from "../../src/interfaces/ILicenseRegistry.sol";
import {Name} from "../../src/interfaces/INames.sol";
import {Standing} from "../../src/interfaces/IVerifierRegistry.sol";

/// @notice What goes on around reports: verifiers come and go, hosts leave, names change hands, time passes.
abstract contract CitizenActions is ReportStage {
    function stake(uint256 who, uint256 amount) external {
        vm.prank(jurors[who % JURORS]);
        verifiers.stake(bound(amount, 20 * DOLLAR, 30 * DOLLAR), bytes32(amount));
    }

    function requestUnstake(uint256 who) external {
        unless(who % 3 != 0); // or committees would be empty
        vm.prank(jurors[(who / 3) % JURORS]);
        verifiers.requestUnstake();
    }

    function unstake(uint256 who) external {
        for (uint256 i = 0; i < JURORS; ++i) {
            address it = jurors[((who % JURORS) + i) % JURORS];
            Standing memory standing = verifiers.standingOf(it);
            if (standing.leavableAt == 0 || token.refuses(it)) continue;
            unless(block.timestamp < standing.leavableAt || standing.stake == 0 || sits(it));
            vm.prank(it);
            must(address(verifiers), abi.encodeCall(verifiers.unstake, ()));
            return;
        }
        revert Idle();
    }

    function enrol(uint256 who) external {
        address it = jurors[who % JURORS];
        unless(!verifiers.isStaked(it));
        uint256 free = verifiers.stakeOf(it) / (20 * DOLLAR) - verifiers.ticketsOf(it);
        unless(free == 0);
        vm.prank(it);
        must(address(verifiers), abi.encodeCall(verifiers.enrol, (uint32(free))));
    }

    function closeLicense(uint256 seed) external {
        unless(seed % 4 != 0); // or nobody would be left to report
        uint256 licenseId = 1 + ((seed / 4) % licenses.licenseCount());
        vm.prank(licenses.license(licenseId).account);
        licenses.close(licenseId);
    }

    function finishClose(uint256 seed) external {
        uint256 count = licenses.licenseCount();
        for (uint256 i = 0; i < count; ++i) {
            uint256 licenseId = 1 + (((seed % count) + i) % count);
            License memory it = licenses.license(licenseId);
            bool leaves = it.closedAt != 0 && it.state >= LicenseState.CLOSING;
            // The leak court has not ended its report.
            bool isHeld = it.suspension == Suspension.BARRED && it.leakBond != 0 && it.state == LicenseState.CLOSING;
            if (!leaves || isHeld || block.timestamp < it.closedAt || block.timestamp < it.frozenUntil) continue;
            must(address(licenses), abi.encodeCall(licenses.finishClose, (licenseId)));
            return;
        }
        revert Idle();
    }

    function acceptAgain(uint256 who) external {
        acceptAs(accounts[who % 2]);
    }

    function registerName(uint256 who, uint256 which) external {
        address holder = accounts[who % 2];
        string memory text = which % 2 == 0 ? "acme" : "globex";
        bytes32 commitment = keccak256(abi.encode(block.chainid, address(names), holder, text, bytes32(block.number)));
        vm.prank(holder);
        names.commit(commitment);
        vm.roll(block.number + 1);
        vm.prank(holder);
        names.register(text, 0, bytes32(block.number - 1), 20 * DOLLAR);
    }

    function transferName(uint256 which, uint256 to) external {
        bytes32 nameId = keccak256(bytes(which % 2 == 0 ? "acme" : "globex"));
        Name memory it = names.nameOf(nameId);
        unless(it.holder == address(0));
        vm.prank(it.holder);
        names.transfer(nameId, accounts[to % 2]);
        check(it.reports == 0, "a reported name changed hands");
    }

    function giveUpName(uint256 which) external {
        bytes32 nameId = keccak256(bytes(which % 2 == 0 ? "acme" : "globex"));
        Name memory it = names.nameOf(nameId);
        unless(it.holder == address(0) || which % 3 != 0);
        vm.prank(it.holder);
        names.giveUp(nameId);
        check(it.reports == 0, "a reported name was given up");
    }

    function wait_(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 40));
        vm.roll(block.number + 1);
    }

    function waitLong(uint256 seed) external {
        unless(seed % 4 != 0);
        vm.warp(block.timestamp + 150);
        vm.roll(block.number + 10);
    }

    function sits(address who) internal view returns (bool) {
        for (uint256 id = 1; id <= committees.committeeCount(); ++id) {
            CommitteeState state = committees.committee(id).state;
            if (state != CommitteeState.DRAWING && state != CommitteeState.VOTING) continue;
            if (committees.ballotOf(id, who).seats != 0) return true;
        }
        return false;
    }
}
