// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title The one signature rule of OML: 65 bytes, v 27 or 28, low s (`recoverStrict` of the TypeScript twin).
library StrictSignature {
    /// @notice The signer, or zero where the signature is refused.
    function signerOf(bytes32 digest, bytes calldata signature) internal pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecoverCalldata(digest, signature); // zero where it says an error
    }
}
