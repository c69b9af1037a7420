// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @notice The EIP-712 domain ("OML", "1") of a contract on this chain.
library OmlDomain {
    bytes32 private constant TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );

    /// @notice What is signed for `verifier`, the contract that the domain names.
    function digest(address verifier, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(TYPEHASH, keccak256("OML"), keccak256("1"), block.chainid, verifier));
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }
}
