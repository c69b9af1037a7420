// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LeafEvidence, Receipt} from "../interfaces/IClaimCourt.sol";
import {IRevenueVault} from "../interfaces/IRevenueVault.sol";
import {BatchOpening} from "../interfaces/IVerifierRegistry.sol";

/// @title Every hash that evidence consists of. The TypeScript twin is packages/protocol; test/vectors.json binds the two.
library Evidence {
    bytes32 internal constant RECEIPT_TYPEHASH = keccak256(
        "Receipt(uint256 licenseId,address client,bytes32 requestNonce,bytes32 queryHash,"
        "bytes32 head,bytes32 responseHash,bytes32 paymentRef,uint256 amount,uint256 cumulative,uint256 answeredAt)"
    );

    /// @notice EIP-712 struct hash.
    function structHash(Receipt calldata receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_TYPEHASH, receipt));
    }

    /// @notice What only `claimant` can open.
    function requestNonce(address claimant, bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encode(claimant, salt));
    }

    function anchorLeaf(bytes32 digest) internal pure returns (bytes32) {
        return _twice(keccak256(abi.encode(digest)));
    }

    function pairLeaf(uint256 index, address client, bytes32 nonce) internal pure returns (bytes32) {
        return _twice(keccak256(abi.encode(index, client, nonce)));
    }

    function codeBookLeaf(LeafEvidence calldata leaf) internal pure returns (bytes32) {
        bytes32 candidatesHash = keccak256(abi.encodePacked(leaf.candidates));
        return _twice(keccak256(abi.encode(leaf.index, leaf.keyHash, candidatesHash, uint256(leaf.bits), leaf.salt)));
    }

    /// @notice The common key that item `index` of a batch must ask.
    function keyIndexAt(bytes32 beacon, bytes32 batchId_, uint256 index, uint256 commonSize) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(beacon, batchId_, index))) % commonSize;
    }

    /// @notice The candidate that a code book's beacon selects.
    function answerIndex(bytes32 beacon, bytes32 salt, bytes32 keyHash, uint8 bits) internal pure returns (uint256) {
        return uint256(keccak256(abi.encodePacked(beacon, salt, keyHash))) % (uint256(1) << bits);
    }

    function batchId(address verifier, BatchOpening memory o) internal pure returns (bytes32) {
        return keccak256(abi.encode(verifier, o.account, o.modelId, o.pairsRoot, o.itemCount, o.salt));
    }

    /// @notice Is a use booked in a vault: at least the floor price, by this client, up to this total?
    function isBooked(address vault, uint256 floorPrice, bytes32 paymentRef, address client, uint256 amount, uint256 cumulative)
        internal
        view
        returns (bool)
    {
        if (vault == address(0) || amount < floorPrice) return false;
        (address payer, uint256 total) = IRevenueVault(vault).booked(paymentRef);
        return payer != address(0) && payer == client && total >= cumulative;
    }

    /// @dev The second of the two hashes of a StandardMerkleTree leaf.
    function _twice(bytes32 inner) private pure returns (bytes32) {
        return keccak256(abi.encode(inner));
    }
}
