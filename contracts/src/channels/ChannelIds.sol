// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ChannelConfig} from "../interfaces/IBatchSettlement.sol";

/// @title How x402 names a channel: the EIP-712 hash of its config in the channel contract's domain. The official
/// clients compute it too.
library ChannelIds {
    string internal constant NAME = "x402 Batch Settlement";
    string internal constant VERSION = "1";
    bytes32 internal constant CONFIG_TYPEHASH = keccak256(
        "ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,"
        "address token,uint40 withdrawDelay,bytes32 salt)"
    );
    bytes32 private constant NAME_HASH = keccak256("x402 Batch Settlement");
    bytes32 private constant VERSION_HASH = keccak256("1");
    bytes32 private constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );

    /// @notice The domain separator on this chain.
    function domainOf(address channels) internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, block.chainid, channels));
    }

    function idOf(bytes32 domain, ChannelConfig calldata config) internal pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, keccak256(abi.encode(CONFIG_TYPEHASH, config)));
    }
}
