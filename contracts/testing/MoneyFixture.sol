// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Actors} from "./Actors.sol";
import {OddToken} from "./OddToken.sol";
import {ExactPayment} from "../src/interfaces/IRevenueVault.sol";

/// @notice A token, signatures, and x402 `exact` payments.
abstract contract MoneyFixture is Actors {
    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    OddToken public token;

    function deployToken() internal {
        token = new OddToken();
    }

    /// @notice Gives an actor 1,000 dollars, and lets `spender` take them.
    function fund(address actor, address spender) internal {
        token.mint(actor, 1_000 * DOLLAR);
        vm.prank(actor);
        token.approve(spender, type(uint256).max);
    }

    function payment(bytes32 nonce, uint256 value) internal view returns (ExactPayment memory) {
        return
            ExactPayment({
                from: BUYER,
                value: value,
                validAfter: 0,
                validBefore: block.timestamp + 1 hours,
                nonce: nonce
            });
    }

    function signPayment(ExactPayment memory p, address to) internal view returns (bytes memory) {
        return sign(BUYER_KEY, transferDigest(p, to));
    }

    function transferDigest(ExactPayment memory p, address to) internal view returns (bytes32) {
        bytes32 inner = keccak256(
            abi.encode(TRANSFER_TYPEHASH, p.from, to, p.value, p.validAfter, p.validBefore, p.nonce)
        );
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), inner));
    }

    function paymentRef(bytes32 nonce) internal view returns (bytes32) {
        return keccak256(abi.encode("exact", address(token), BUYER, nonce));
    }

    /// @notice The signature of the payee's own authorization type, which deposits use.
    function signReceive(
        uint256 key,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce
    ) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        bytes32 inner = keccak256(abi.encode(typeHash, vm.addr(key), to, value, validAfter, validBefore, nonce));
        return sign(key, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), inner)));
    }

    /// @notice EIP-712 digest in OML's domain.
    function typedDigest(address verifyingContract, bytes32 structHash) internal view returns (bytes32) {
        return typedDigest("OML", verifyingContract, structHash);
    }

    function typedDigest(
        string memory name,
        address verifyingContract,
        bytes32 structHash
    ) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
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
