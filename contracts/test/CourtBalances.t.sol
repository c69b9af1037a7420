// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {ExactTransfer} from "../src/libraries/ExactTransfer.sol";
import {CourtTest} from "../testing/CourtFixture.sol";

// deposit      from anyone, for anyone; a token that hands over less is refused
// withdraw     by its holder alone, to anywhere, at most the balance
// pay          by anyone, what the token refused before
// anything else                               reverts
contract CourtBalancesTest is CourtTest {
    function test_DepositForAnother() public {
        vm.expectEmit(address(court));
        emit IClaimCourt.Deposited(HOST, OUTSIDER, 7, 7);
        vm.prank(OUTSIDER);
        court.deposit(HOST, 7);
        eq(court.balanceOf(HOST), 7);
        eq(token.balanceOf(address(court)), 100 * DOLLAR + 7);
    }

    function test_RevertWhen_TheTokenKeepsAFee() public {
        token.setFee(100);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.ExactTransfer_WrongAmountReceived.selector, 99, 100));
        vm.prank(OUTSIDER);
        court.deposit(OUTSIDER, 100);
    }

    function test_WithdrawToAnother() public {
        vm.expectEmit(address(court));
        emit IClaimCourt.Withdrawn(VERIFIER, OUTSIDER, 40 * DOLLAR, 60 * DOLLAR);
        uint256 before = token.balanceOf(OUTSIDER);
        vm.prank(VERIFIER);
        court.withdraw(40 * DOLLAR, OUTSIDER);
        eq(token.balanceOf(OUTSIDER) - before, 40 * DOLLAR);
        eq(court.balanceOf(VERIFIER), 60 * DOLLAR);
    }

    function test_TheWholeBalanceMayBeWithdrawn() public {
        vm.prank(VERIFIER);
        court.withdraw(100 * DOLLAR, VERIFIER);
        eq(court.balanceOf(VERIFIER), 0);
        eq(token.balanceOf(address(court)), 0);
    }

    function test_RevertWhen_MoreIsWithdrawnThanThereIs() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IClaimCourt.ClaimCourt_InsufficientBalance.selector,
                VERIFIER,
                100 * DOLLAR,
                100 * DOLLAR + 1
            )
        );
        vm.prank(VERIFIER);
        court.withdraw(100 * DOLLAR + 1, VERIFIER);
    }

    function test_RevertWhen_NothingIsOwed() public {
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NothingOwed.selector, VERIFIER));
        court.pay(VERIFIER); // a balance is nobody else's to move
    }

    function test_RevertWhen_TheCallIsUnknown() public {
        (bool done, bytes memory reason) = address(court).call(hex"deadbeef");
        require(!done && reason.length == 0, "no such function");
        (done, ) = address(court).call{value: 0}("");
        require(!done, "takes no coins");
    }

    function testFuzz_deposit(address claimant, uint256 amount) public {
        amount = bound(amount, 0, 500 * DOLLAR);
        uint256 before = court.balanceOf(claimant);
        vm.prank(OUTSIDER);
        court.deposit(claimant, amount);
        eq(court.balanceOf(claimant) - before, amount);
        eq(token.balanceOf(address(court)), 100 * DOLLAR + amount);
    }

    function testFuzz_withdraw(uint256 amount) public {
        amount = bound(amount, 0, 200 * DOLLAR);
        vm.prank(VERIFIER);
        try court.withdraw(amount, OUTSIDER) {
            eq(court.balanceOf(VERIFIER), 100 * DOLLAR - amount);
        } catch {
            require(amount > 100 * DOLLAR, "refused");
        }
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
    }

    function testFuzz_pay(address payee) public {
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NothingOwed.selector, payee));
        court.pay(payee);
    }
}
