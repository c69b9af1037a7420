// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CourtStage} from "./CourtStage.sol";
import {Account} from "../../src/interfaces/IHostAccounts.sol";
import {Rates} from "../../src/interfaces/IParameters.sol";
import {TitleBond} from "../../src/interfaces/ITitleBonds.sol";
import {Standing} from "../../src/interfaces/IVerifierRegistry.sol";

/// @notice What goes on around claims: bonds, titles and stakes come and go, rates change, a token refuses payees, time
/// passes.
abstract contract BystanderActions is CourtStage {
    uint256 private askedAt;
    uint256 private titleAskedAt;

    function depositBond(uint256 amount) external {
        amount = bound(amount, 1, 100 * DOLLAR);
        vm.prank(HOST);
        licenses.depositBond(HOST, amount);
    }

    function announceExit(uint256 amount) external {
        uint256 bond = licenses.accountOf(HOST).bond;
        unless(bond == 0);
        askedAt = block.timestamp;
        vm.prank(HOST);
        licenses.announceExit(bound(amount, 1, bond));
    }

    /// @dev Sometimes a host waits for the days between ripe and lapsed, which chance seldom meets.
    function withdrawBond(uint256 patience) external {
        Account memory before = licenses.accountOf(HOST);
        unless(
            before.exit.amount == 0 ||
                before.bond <= uint256(before.allocated) + before.contested ||
                token.refuses(HOST)
        );
        if (patience % 4 == 0 && block.timestamp < before.exit.ripeAt) vm.warp(before.exit.ripeAt);
        vm.prank(HOST);
        licenses.withdraw();
        Account memory now_ = licenses.accountOf(HOST);
        check(block.timestamp >= askedAt + 120, "bond left before its delay");
        check(now_.bond >= now_.contested, "bond left that a claim reserves");
    }

    function postTitle(uint256 amount) external {
        vm.prank(OUTSIDER);
        titles.post(otherModel, bound(amount, 20 * DOLLAR, 60 * DOLLAR));
    }

    function askTitle(uint256 amount) external {
        uint256 bond = titles.titleBondOf(otherModel).bond;
        unless(bond == 0);
        titleAskedAt = block.timestamp;
        vm.prank(OUTSIDER);
        titles.announceExit(otherModel, bound(amount, 1, bond));
    }

    function takeTitle() external {
        TitleBond memory before = titles.titleBondOf(otherModel);
        unless(before.exit.amount == 0 || before.bond == before.reserved || token.refuses(OUTSIDER));
        vm.prank(OUTSIDER);
        titles.withdraw(otherModel);
        check(block.timestamp >= titleAskedAt + 120, "a title bond left before its delay");
        check(titles.titleBondOf(otherModel).bond >= before.reserved, "a title bond left that a claim reserves");
    }

    function stakeMore(uint256 amount) external {
        vm.prank(VERIFIER);
        verifiers.stake(bound(amount, 20 * DOLLAR, 25 * DOLLAR), "key");
    }

    function requestUnstake(uint256 seed) external {
        unless(seed % 4 != 0); // or nobody would claim
        vm.prank(VERIFIER);
        verifiers.requestUnstake();
    }

    function unstake() external {
        Standing memory standing = verifiers.standingOf(VERIFIER);
        unless(standing.leavableAt == 0 || block.timestamp < standing.leavableAt || token.refuses(VERIFIER));
        vm.prank(VERIFIER);
        must(address(verifiers), abi.encodeCall(verifiers.unstake, ()));
    }

    function withdrawFromCourt(uint256 amount) external {
        uint256 balance = court.balanceOf(VERIFIER);
        unless(balance == 0 || token.refuses(VERIFIER));
        vm.prank(VERIFIER);
        must(address(court), abi.encodeCall(court.withdraw, (bound(amount, 1, balance / 4 + 1), VERIFIER)));
    }

    function depositToCourt(uint256 amount) external {
        unless(token.refuses(VERIFIER));
        vm.prank(VERIFIER);
        must(address(court), abi.encodeCall(court.deposit, (VERIFIER, bound(amount, 1, 50 * DOLLAR))));
    }

    function fillPool(uint256 amount) external {
        token.mint(address(pools), bound(amount, 1, DOLLAR));
        pools.feed(amount % 2 == 0 ? modelId : otherModel);
    }

    function payCredit(uint256 who) external {
        address[3] memory payees = [OWNER, HOST, BURNED];
        for (uint256 i = 0; i < 3; ++i) {
            address payee = payees[((who % 3) + i) % 3];
            if (court.owed(payee) == 0 || token.refuses(payee)) continue;
            must(address(court), abi.encodeCall(court.pay, (payee)));
            return;
        }
        revert Idle();
    }

    function refuse(uint256 who) external {
        address[3] memory payees = [OWNER, HOST, BURNED];
        token.refuse(payees[who % 3], !token.refuses(payees[who % 3]) && (who / 3) % 2 == 0);
    }

    function setRates(uint64 claimBond, uint16 lateFactor, uint16 claimantShareBps) external {
        Rates memory rates = parameters.rates();
        rates.claimBond = uint64(bound(claimBond, DOLLAR / 2, 2 * DOLLAR));
        rates.lateFactor = uint16(bound(lateFactor, 1, 1_000));
        rates.claimantShareBps = uint16(bound(claimantShareBps, 0, 2_000));
        vm.prank(parameters.timelock());
        parameters.setRates(rates);
    }

    function wait_(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 20));
        vm.roll(block.number + 1);
    }

    function waitLong(uint256 seed) external {
        unless(seed % 4 != 0);
        vm.warp(block.timestamp + 130 + ((seed / 4) % 700));
        vm.roll(block.number + 10);
    }
}
