// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Receipt} from "../interfaces/Claims.sol";
import {IRevenueVault} from "../interfaces/IRevenueVault.sol";

/// @title Is a use booked? The only meaning of "paid" (booked.ts of packages/protocol).
library Booked {
    /// @notice At least the floor price, by this client, up to this total. A vault without code has booked nothing.
    function isBooked(address vault, uint256 floorPrice, Receipt calldata receipt) internal view returns (bool) {
        if (receipt.paymentRef == 0 || receipt.amount < floorPrice || vault.code.length == 0) return false;
        (address client, uint256 total) = IRevenueVault(vault).booked(receipt.paymentRef);
        return client != address(0) && client == receipt.client && total >= receipt.cumulative;
    }
}
