// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MoneyFixture} from "../testing/MoneyFixture.sol";

// Every authorization of EIP-3009, with its signature in one piece or in three
// ├── when it is the payer's, for this payee and in time   moves the value once
// ├── when any word of it differs from what was signed     reverts and moves nothing
// └── when it was cancelled                                never moves anything
contract AuthorizationsTest is MoneyFixture {
    bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

    uint256 private constant FUNDS = 1_000 * DOLLAR;

    function setUp() public {
        vm.warp(1_800_000_000);
        deployToken();
        fund(BUYER, address(this));
    }

    function test_TheVersionIsWhatFacilitatorsSign() public view {
        eq(keccak256(bytes(token.version())), keccak256("1"));
        eq(token.decimals(), 6);
    }

    function testFuzz_transferWithAuthorization(
        uint256 value,
        uint256 from,
        uint256 to,
        bytes32 nonce,
        bool inOne
    ) public {
        (value, from, to) = sane(value, from, to);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(BUYER_KEY, transferDigest(value, from, to, nonce));
        bytes memory signature = abi.encodePacked(r, s, v);
        if (inOne) token.transferWithAuthorization(BUYER, OUTSIDER, value, from, to, nonce, signature);
        else token.transferWithAuthorization(BUYER, OUTSIDER, value, from, to, nonce, v, r, s);
        moved(OUTSIDER, value, nonce);
        vm.expectRevert(bytes("authorization is used or canceled"));
        if (inOne) token.transferWithAuthorization(BUYER, OUTSIDER, value, from, to, nonce, v, r, s);
        else token.transferWithAuthorization(BUYER, OUTSIDER, value, from, to, nonce, signature);
    }

    function testFuzz_receiveWithAuthorization(
        uint256 value,
        uint256 from,
        uint256 to,
        bytes32 nonce,
        bool inOne
    ) public {
        (value, from, to) = sane(value, from, to);
        bytes memory signature = signReceive(BUYER_KEY, address(this), value, from, to, nonce);
        (uint8 v, bytes32 r, bytes32 s) = (uint8(signature[64]), word(signature, 0), word(signature, 32));
        vm.expectRevert(bytes("caller must be the payee"));
        vm.prank(OUTSIDER);
        token.receiveWithAuthorization(BUYER, address(this), value, from, to, nonce, v, r, s);
        if (inOne) token.receiveWithAuthorization(BUYER, address(this), value, from, to, nonce, signature);
        else token.receiveWithAuthorization(BUYER, address(this), value, from, to, nonce, v, r, s);
        moved(address(this), value, nonce);
    }

    function testFuzz_cancelAuthorization(uint256 value, bytes32 nonce, bool inOne) public {
        value = bound(value, 0, FUNDS);
        bytes32 digest = typedByToken(keccak256(abi.encode(CANCEL_TYPEHASH, BUYER, nonce)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(BUYER_KEY, digest);
        if (inOne) token.cancelAuthorization(BUYER, nonce, abi.encodePacked(r, s, v));
        else token.cancelAuthorization(BUYER, nonce, v, r, s);
        require(token.authorizationState(BUYER, nonce), "still open");
        bytes memory transfer = sign(BUYER_KEY, transferDigest(value, 0, block.timestamp + 1, nonce));
        vm.expectRevert(bytes("authorization is used or canceled"));
        token.transferWithAuthorization(BUYER, OUTSIDER, value, 0, block.timestamp + 1, nonce, transfer);
    }

    function testFuzz_OnlyThePayerCancels(uint256 key, bytes32 nonce) public {
        key = bound(key, 1, 1e30);
        vm.assume(vm.addr(key) != BUYER);
        bytes memory signature = sign(key, typedByToken(keccak256(abi.encode(CANCEL_TYPEHASH, BUYER, nonce))));
        vm.expectRevert(bytes("invalid signature"));
        token.cancelAuthorization(BUYER, nonce, signature);
        require(!token.authorizationState(BUYER, nonce), "cancelled by another");
    }

    function testFuzz_ABentAuthorizationMovesNothing(uint256 value, bytes32 nonce, uint8 which, uint256 bend) public {
        value = bound(value, 1, FUNDS);
        uint256[4] memory words = [value, 0, block.timestamp + 1 hours, uint256(nonce)];
        bytes memory signature = sign(BUYER_KEY, transferDigest(words[0], words[1], words[2], nonce));
        uint256 meant = words[which % 4];
        words[which % 4] =
            which % 4 == 0
                ? bound(bend, 0, FUNDS)
                : which % 4 == 1
                    ? bound(bend, 0, block.timestamp - 1)
                    : bend;
        vm.assume(words[which % 4] != meant);
        (bool ok, ) = address(token).call(
            abi.encodeWithSignature(
                "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
                BUYER,
                OUTSIDER,
                words[0],
                words[1],
                words[2],
                bytes32(words[3]),
                signature
            )
        );
        require(!ok, "moved by a bent authorization");
        eq(token.balanceOf(BUYER), FUNDS);
    }

    function testFuzz_mint(address to, uint256 value) public {
        vm.assume(to != address(0) && to != BUYER && to != address(0xFEE));
        value = bound(value, 0, type(uint256).max - FUNDS);
        token.mint(to, value);
        eq(token.balanceOf(to), value);
    }

    function moved(address to, uint256 value, bytes32 nonce) private view {
        eq(token.balanceOf(to), value);
        eq(token.balanceOf(BUYER), FUNDS - value);
        require(token.authorizationState(BUYER, nonce), "not noted");
    }

    function sane(
        uint256 value,
        uint256 validAfter,
        uint256 validBefore
    ) private view returns (uint256, uint256, uint256) {
        return (
            bound(value, 0, FUNDS),
            bound(validAfter, 0, block.timestamp - 1),
            bound(validBefore, block.timestamp + 1, type(uint256).max)
        );
    }

    function transferDigest(
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce
    ) private view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        return typedByToken(keccak256(abi.encode(typeHash, BUYER, OUTSIDER, value, validAfter, validBefore, nonce)));
    }

    function typedByToken(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash));
    }

    function word(bytes memory text, uint256 from) private pure returns (bytes32 value) {
        for (uint256 i = 0; i < 32; ++i) value |= bytes32(text[from + i]) >> (8 * i);
    }
}
