// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title The one signature rule of OML: 65 bytes, v 27 or 28, low s (`recoverStrict` of the TypeScript twin).
library StrictSignature {
    /// @notice The signer, or zero where the signature is refused.
    function signerOf(bytes32 digest, bytes calldata signature) internal pure returns (address signer) {
        ECDSA.RecoverError failure;
        (signer, failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure != ECDSA.RecoverError.NoError) return address(0);
    }
}
