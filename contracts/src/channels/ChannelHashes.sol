// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ChannelIds} from "./ChannelIds.sol";
import {ChannelConfig, IBatchSettlement, VoucherClaim} from "../interfaces/IBatchSettlement.sol";

/// @title The EIP-712 side of the channel contract.
/// @dev Without immutables, since the code is also placed by set-code: the domain is hashed anew, once per call that
/// needs it.
abstract contract ChannelHashes is IBatchSettlement, IERC5267 {
    /// @inheritdoc IBatchSettlement
    bytes32 public constant CHANNEL_CONFIG_TYPEHASH = ChannelIds.CONFIG_TYPEHASH;
    /// @inheritdoc IBatchSettlement
    bytes32 public constant VOUCHER_TYPEHASH = keccak256("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");
    /// @inheritdoc IBatchSettlement
    bytes32 public constant REFUND_TYPEHASH = keccak256("Refund(bytes32 channelId,uint256 nonce,uint128 amount)");
    /// @inheritdoc IBatchSettlement
    bytes32 public constant CLAIM_ENTRY_TYPEHASH = keccak256(
        "ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)"
    );
    /// @inheritdoc IBatchSettlement
    bytes32 public constant CLAIM_BATCH_TYPEHASH = keccak256(
        "ClaimBatch(ClaimEntry[] claims)ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)"
    );

    /// @inheritdoc IBatchSettlement
    function getChannelId(ChannelConfig calldata config) external view returns (bytes32) {
        return ChannelIds.idOf(_domain(), config);
    }

    /// @inheritdoc IBatchSettlement
    function getVoucherDigest(bytes32 channelId, uint128 maxClaimableAmount) external view returns (bytes32) {
        return _voucherDigest(_domain(), channelId, maxClaimableAmount);
    }

    /// @inheritdoc IBatchSettlement
    function getRefundDigest(bytes32 channelId, uint256 nonce, uint128 amount) external view returns (bytes32) {
        return _refundDigest(_domain(), channelId, nonce, amount);
    }

    /// @inheritdoc IBatchSettlement
    function getClaimBatchDigest(VoucherClaim[] calldata voucherClaims) external view returns (bytes32) {
        return _claimBatchDigest(_domain(), voucherClaims);
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (
            hex"0f",
            ChannelIds.NAME,
            ChannelIds.VERSION,
            block.chainid,
            address(this),
            bytes32(0),
            new uint256[](0)
        );
    }

    function _domain() internal view returns (bytes32) {
        return ChannelIds.domainOf(address(this));
    }

    function _voucherDigest(
        bytes32 domain,
        bytes32 channelId,
        uint128 maxClaimableAmount
    ) internal pure returns (bytes32) {
        return
            MessageHashUtils.toTypedDataHash(
                domain,
                keccak256(abi.encode(VOUCHER_TYPEHASH, channelId, maxClaimableAmount))
            );
    }

    function _refundDigest(
        bytes32 domain,
        bytes32 channelId,
        uint256 nonce,
        uint128 amount
    ) internal pure returns (bytes32) {
        return
            MessageHashUtils.toTypedDataHash(domain, keccak256(abi.encode(REFUND_TYPEHASH, channelId, nonce, amount)));
    }

    function _claimBatchDigest(bytes32 domain, VoucherClaim[] calldata rows) internal pure returns (bytes32) {
        bytes32[] memory entries = new bytes32[](rows.length);
        for (uint256 i = 0; i < rows.length; ++i) {
            bytes32 channelId = ChannelIds.idOf(domain, rows[i].voucher.channel);
            entries[i] = keccak256(
                abi.encode(CLAIM_ENTRY_TYPEHASH, channelId, rows[i].voucher.maxClaimableAmount, rows[i].totalClaimed)
            );
        }
        bytes32 batch = keccak256(abi.encode(CLAIM_BATCH_TYPEHASH, keccak256(abi.encodePacked(entries))));
        return MessageHashUtils.toTypedDataHash(domain, batch);
    }
}
