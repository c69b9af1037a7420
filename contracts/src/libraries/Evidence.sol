// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Receipt} from "../interfaces/Claims.sol";
import {IRevenueVault} from "../interfaces/IRevenueVault.sol";
import {BatchOpening} from "../interfaces/IVerifierRegistry.sol";

/// @title Every hash that evidence consists of. The TypeScript twin is packages/protocol; test/vectors.json binds the
/// two.
library Evidence {
    bytes32 internal constant RECEIPT_TYPEHASH = keccak256(
        "Receipt(uint256 licenseId,address client,bytes32 requestNonce,bytes32 queryHash,"
        "bytes32 head,bytes32 responseHash,bytes32 paymentRef,uint256 amount,uint256 cumulative,uint256 answeredAt)"
    );

    /// @notice EIP-712 struct hash.
    function structHash(Receipt calldata receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_TYPEHASH, receipt));
    }

    /// @notice What only `opener` can open.
    function requestNonce(address opener, bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encode(opener, salt));
    }

    function anchorLeaf(bytes32 digest) internal pure returns (bytes32) {
        return _twice(keccak256(abi.encode(digest)));
    }

    function pairLeaf(uint256 index, address client, bytes32 nonce) internal pure returns (bytes32) {
        return _twice(keccak256(abi.encode(index, client, nonce)));
    }

    /// @notice `candidatesHash` is keccak256 of the packed candidates.
    function codeBookLeaf(
        uint256 index,
        bytes32 keyHash,
        bytes32 candidatesHash,
        uint8 bits,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return _twice(keccak256(abi.encode(index, keyHash, candidatesHash, uint256(bits), salt)));
    }

    /// @notice The common key that item `index` of a batch must ask.
    function keyIndexAt(
        bytes32 beacon,
        bytes32 batchId_,
        uint256 index,
        uint256 commonSize
    ) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(beacon, batchId_, index))) % commonSize;
    }

    /// @notice The candidate that a code book's beacon selects.
    function answerIndex(bytes32 beacon, bytes32 salt, bytes32 keyHash, uint8 bits) internal pure returns (uint256) {
        return uint256(keccak256(abi.encodePacked(beacon, salt, keyHash))) % (uint256(1) << bits);
    }

    function batchId(address verifier, BatchOpening calldata o) internal pure returns (bytes32) {
        return keccak256(abi.encode(verifier, o));
    }

    /// @notice The running hash of a claim's hits.
    function addHit(bytes32 hitsHash, uint256 index, bytes32 digest, bytes32 keyHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(hitsHash, index, digest, keyHash));
    }

    /// @notice Is a use booked in a vault: at least the floor price, by this client, up to this total? A vault without
    /// code has booked nothing.
    function isBooked(address vault, uint256 floorPrice, Receipt calldata receipt) internal view returns (bool) {
        if (receipt.paymentRef == 0 || receipt.amount < floorPrice || vault.code.length == 0) return false;
        (address payer, uint256 total) = IRevenueVault(vault).booked(receipt.paymentRef);
        return payer != address(0) && payer == receipt.client && total >= receipt.cumulative;
    }

    /// @dev The second of the two hashes of a StandardMerkleTree leaf.
    function _twice(bytes32 inner) private pure returns (bytes32) {
        return keccak256(abi.encode(inner));
    }
}
