// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ExactPayment} from "../src/interfaces/IRevenueVault.sol";
import {MoneyFixture} from "../testing/MoneyFixture.sol";

// transferWithAuthorization (both overloads)
// ├── when the signature is the payer's      moves the value, marks the nonce
// ├── when it is too early / too late        reverts with the text that facilitators read
// ├── when the nonce is used or cancelled    reverts
// ├── when another key signed                reverts
// └── when the payer lacks the money         reverts, the nonce stays free
// receiveWithAuthorization
// ├── when the caller is the payee           moves the value
// └── when it is not                         reverts
// cancelAuthorization                        marks the nonce, once
contract DevDollarTest is MoneyFixture {
    ExactPayment private p;

    function setUp() public {
        vm.warp(1_800_000_000);
        deployToken();
        fund(BUYER, address(this));
        fund(OUTSIDER, address(this));
        p = payment("nonce", 5 * DOLLAR);
    }

    function test_TransferWithBytesSignature() public {
        transfer(signPayment(p, OUTSIDER));
        eq(token.balanceOf(OUTSIDER), 1_005 * DOLLAR);
        require(token.authorizationState(BUYER, p.nonce), "used");
    }

    function test_TransferWithSplitSignature() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(BUYER_KEY, transferDigest(p, OUTSIDER));
        token.transferWithAuthorization(p.from, OUTSIDER, p.value, p.validAfter, p.validBefore, p.nonce, v, r, s);
        eq(token.balanceOf(OUTSIDER), 1_005 * DOLLAR);
    }

    function test_RevertWhen_NotYetValid() public {
        p.validAfter = block.timestamp;
        bytes memory signature = signPayment(p, OUTSIDER);
        refuse("authorization is not yet valid");
        transfer(signature);
    }

    function test_RevertWhen_Expired() public {
        p.validBefore = block.timestamp;
        bytes memory signature = signPayment(p, OUTSIDER);
        refuse("authorization is expired");
        transfer(signature);
    }

    function test_RevertWhen_Used() public {
        bytes memory signature = signPayment(p, OUTSIDER);
        transfer(signature);
        refuse("authorization is used or canceled");
        transfer(signature);
    }

    function test_RevertWhen_Cancelled() public {
        bytes memory signature = signPayment(p, OUTSIDER);
        cancel();
        refuse("authorization is used or canceled");
        transfer(signature);
    }

    function test_RevertWhen_CancelledTwice() public {
        cancel();
        bytes memory signature = cancellation();
        refuse("authorization is used or canceled");
        token.cancelAuthorization(BUYER, p.nonce, signature);
    }

    function test_RevertWhen_AnotherKeySigned() public {
        bytes memory signature = sign(SIGNER_KEY, transferDigest(p, OUTSIDER));
        refuse("invalid signature");
        transfer(signature);
    }

    function test_RevertWhen_AnotherPayeeIsNamed() public {
        bytes memory signature = signPayment(p, HOST);
        refuse("invalid signature");
        transfer(signature);
    }

    function test_RevertWhen_PayerLacksTheMoney() public {
        p.value = 1_001 * DOLLAR;
        bytes memory signature = signPayment(p, OUTSIDER);
        refuse("transfer amount exceeds balance");
        transfer(signature);
        require(!token.authorizationState(BUYER, p.nonce), "still free");
    }

    function test_ReceiveWithAuthorization() public {
        bytes memory signature = sign(BUYER_KEY, receiveDigest());
        vm.prank(OUTSIDER);
        token.receiveWithAuthorization(p.from, OUTSIDER, p.value, p.validAfter, p.validBefore, p.nonce, signature);
        eq(token.balanceOf(OUTSIDER), 1_005 * DOLLAR);
    }

    function test_RevertWhen_SomebodyElseReceives() public {
        bytes memory signature = sign(BUYER_KEY, receiveDigest());
        refuse("caller must be the payee");
        token.receiveWithAuthorization(p.from, OUTSIDER, p.value, p.validAfter, p.validBefore, p.nonce, signature);
    }

    function testFuzz_TransferKeepsTheSupply(uint256 value) public {
        p.value = bound(value, 0, 1_000 * DOLLAR);
        uint256 supply = token.totalSupply();
        transfer(signPayment(p, OUTSIDER));
        eq(token.totalSupply(), supply);
        eq(token.balanceOf(BUYER) + token.balanceOf(OUTSIDER), 2_000 * DOLLAR);
    }

    function transfer(bytes memory signature) private {
        token.transferWithAuthorization(p.from, OUTSIDER, p.value, p.validAfter, p.validBefore, p.nonce, signature);
    }

    function cancel() private {
        token.cancelAuthorization(BUYER, p.nonce, cancellation());
    }

    function cancellation() private view returns (bytes memory) {
        bytes32 typeHash = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
        return sign(BUYER_KEY, tokenDigest(keccak256(abi.encode(typeHash, BUYER, p.nonce))));
    }

    function receiveDigest() private view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        return
            tokenDigest(
                keccak256(abi.encode(typeHash, p.from, OUTSIDER, p.value, p.validAfter, p.validBefore, p.nonce))
            );
    }

    function tokenDigest(bytes32 inner) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), inner));
    }

    function refuse(string memory reason) private {
        vm.expectRevert(abi.encodeWithSignature("Error(string)", reason));
    }
}
