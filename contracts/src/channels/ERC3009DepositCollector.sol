// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {BATCH_SETTLEMENT, IDepositCollector} from "../interfaces/IBatchSettlement.sol";
import {IERC3009} from "../interfaces/IDevDollar.sol";

/// @title Brings a deposit by the payer's EIP-3009 signature, for dev chains: elsewhere x402's own collector stands at
/// this address.
/// @dev EIP-3009 lets only the payee take the money, so it passes through here. The authorization names its channel in
/// its nonce,
/// `keccak256(abi.encode(channelId, salt))`: nobody can put it into another one.
contract ERC3009DepositCollector is IDepositCollector {
    using SafeERC20 for IERC20;

    error OnlyX402BatchSettlement();

    /// @inheritdoc IDepositCollector
    /// @dev `collectorData = abi.encode(uint256 validAfter, uint256 validBefore, uint256 salt, bytes signature)`.
    function collect(
        address payer,
        address token,
        uint256 amount,
        bytes32 channelId,
        bytes calldata collectorData
    ) external {
        if (msg.sender != BATCH_SETTLEMENT) revert OnlyX402BatchSettlement();
        (uint256 validAfter, uint256 validBefore, uint256 salt, bytes memory signature) = abi.decode(
            collectorData,
            (uint256, uint256, uint256, bytes)
        );
        bytes32 nonce = keccak256(abi.encode(channelId, salt));
        IERC3009(token).receiveWithAuthorization(
            payer,
            address(this),
            amount,
            validAfter,
            validBefore,
            nonce,
            signature
        );
        IERC20(token).safeTransfer(msg.sender, amount);
    }

    /// @notice The one channel contract that this collector serves, under the name that official clients know.
    function x402BatchSettlement() external pure returns (address) {
        return BATCH_SETTLEMENT;
    }
}
