// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Receipt} from "../interfaces/Claims.sol";
import {OmlDomain} from "./OmlDomain.sol";

/// @title What a host signs, and who can open it (receipt.ts and nonce.ts of packages/protocol).
library ReceiptHash {
    bytes32 internal constant RECEIPT_TYPEHASH = keccak256(
        "Receipt(uint256 licenseId,address client,bytes32 requestNonce,bytes32 queryHash,"
        "bytes32 head,bytes32 responseHash,bytes32 paymentRef,uint256 amount,uint256 cumulative,uint256 answeredAt)"
    );

    /// @notice EIP-712 struct hash.
    function structHash(Receipt calldata receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_TYPEHASH, receipt));
    }

    /// @notice The digest that a host signs for an adjudicator, the claim court of a deployment.
    function digestOf(address adjudicator, Receipt calldata receipt) internal view returns (bytes32) {
        return OmlDomain.digest(adjudicator, structHash(receipt));
    }

    /// @notice What only `opener` can open.
    function requestNonce(address opener, bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encode(opener, salt));
    }
}
