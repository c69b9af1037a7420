// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bls} from "./Bls.sol";

/// @title RFC 9380's hash_to_curve for BLS12381G1_XMD:SHA-256_SSWU_RO_, under the tag that drand signs under.
library HashToG1 {
    /// @dev DST_prime of RFC 9380: the tag, then its length.
    bytes private constant TAG = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_\x2b";

    /// @notice The point of a message of 32 bytes; empty where this chain cannot compute it. The map of EIP-2537 clears
    /// the cofactor of each half, which is the same as clearing that of their sum.
    function hash(bytes32 message) internal view returns (bytes memory point) {
        (bytes memory first, bytes memory second) = _toField(message);
        return Bls.add(Bls.map(first), Bls.map(second));
    }

    /// @dev hash_to_field: 128 uniform bytes by expand_message_xmd, each half reduced modulo p.
    function _toField(bytes32 message) private view returns (bytes memory first, bytes memory second) {
        bytes32 b0 = sha256(abi.encodePacked(bytes32(0), bytes32(0), message, uint16(128), uint8(0), TAG));
        bytes32 b1 = sha256(abi.encodePacked(b0, uint8(1), TAG));
        bytes32 b2 = sha256(abi.encodePacked(b0 ^ b1, uint8(2), TAG));
        bytes32 b3 = sha256(abi.encodePacked(b0 ^ b2, uint8(3), TAG));
        bytes32 b4 = sha256(abi.encodePacked(b0 ^ b3, uint8(4), TAG));
        return (Bls.reduce(b1, b2), Bls.reduce(b3, b4));
    }
}
