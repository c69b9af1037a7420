// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MoneyStage} from "./MoneyStage.sol";
import {Account} from "../../src/interfaces/IHostAccounts.sol";
import {License, LicenseState, Suspension} from "../../src/interfaces/ILicenseRegistry.sol";

/// @notice Courts that do whatever the registry lets a court do, in any order.
abstract contract CourtActions is MoneyStage {
    /// @notice What claims have set aside, per account.
    mapping(address account => uint256) public contested;

    function contest(uint256 who, uint256 amount) external {
        address account = accounts[who % 2];
        uint256 reachable = licenses.slashable(account);
        unless(reachable == 0);
        amount = bound(amount, 1, reachable);
        vm.prank(CLAIM_COURT);
        must(address(licenses), abi.encodeCall(licenses.contest, (account, amount)));
        contested[account] += amount;
    }

    function returnContested(uint256 who, uint256 amount) external {
        address account = accounts[who % 2];
        unless(contested[account] == 0);
        amount = bound(amount, 1, contested[account]);
        vm.prank(CLAIM_COURT);
        must(address(licenses), abi.encodeCall(licenses.returnBond, (account, amount)));
        contested[account] -= amount;
    }

    function take(uint256 who, uint256 amount, uint256 part) external {
        address account = accounts[who % 2];
        unless(contested[account] == 0);
        amount = bound(amount, 1, contested[account]);
        part = bound(part, 0, amount);
        vm.prank(CLAIM_COURT);
        must(address(licenses), abi.encodeCall(licenses.take, (account, amount, part, part % 2 == 0)));
        contested[account] -= amount;
    }

    function freeze(uint256 seed, uint256 time) external {
        (uint256 licenseId, License memory it) = pick(seed, isAny);
        uint40 until = uint40(block.timestamp + bound(time, 0, 60));
        byLeakCourt(it.account, abi.encodeCall(licenses.freeze, (licenseId, until)));
    }

    function bar(uint256 seed) external {
        unless(seed % 3 != 0);
        (uint256 licenseId, License memory it) = pick(seed, isFree);
        byLeakCourt(it.account, abi.encodeCall(licenses.bar, (licenseId)));
    }

    function reinstate(uint256 seed) external {
        (uint256 licenseId, License memory it) = pick(seed, isBarred);
        byLeakCourt(it.account, abi.encodeCall(licenses.reinstate, (licenseId)));
    }

    function takeLeakBond(uint256 seed, uint256 amount) external {
        unless(seed % 4 != 0); // or few would live long
        (uint256 licenseId, License memory it) = pick(seed, isLiable);
        amount = bound(amount, 1, it.leakBond);
        byLeakCourt(it.account, abi.encodeCall(licenses.takeLeakBond, (licenseId, amount, LEAK_COURT)));
    }

    /// @dev The price of a request that it ends goes back, as bond where the token refuses the account: nothing else
    /// of the account moves.
    function byLeakCourt(address account, bytes memory call) private {
        Account memory before = licenses.accountOf(account);
        vm.prank(LEAK_COURT);
        must(address(licenses), call);
        Account memory now_ = licenses.accountOf(account);
        if (token.refuses(account) && now_.bond == before.bond + PRICE) before.bond = now_.bond;
        check(keccak256(abi.encode(now_)) == keccak256(abi.encode(before)), "the leak court reached an account");
    }

    function isFree(License memory it) private pure returns (bool) {
        return it.state < LicenseState.CLOSED && it.suspension != Suspension.BARRED;
    }

    function isBarred(License memory it) private pure returns (bool) {
        return it.suspension == Suspension.BARRED;
    }

    function isLiable(License memory it) private pure returns (bool) {
        return it.leakBond != 0 && it.state != LicenseState.CLOSED;
    }
}
