// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Receipt} from "../interfaces/Claims.sol";
import {IRevenueVault} from "../interfaces/IRevenueVault.sol";

/// @title Is a use booked? The only meaning of "paid" (booked.ts of packages/protocol).
library Booked {
    /// @notice At least the floor price, for this client, up to this total. A receipt whose total leaves out its own
    /// charge is never booked; a vault without code has booked nothing.
    function isBooked(address vault, uint256 floorPrice, Receipt calldata receipt) internal view returns (bool) {
        return
            _isBookable(vault, floorPrice, receipt) &&
            IRevenueVault(vault).booked(receipt.paymentRef, receipt.client) >= receipt.cumulative;
    }

    /// @notice The same at the end of a block that is over.
    function wasBooked(
        address vault,
        uint256 floorPrice,
        Receipt calldata receipt,
        uint256 blockNumber
    ) internal view returns (bool) {
        return
            _isBookable(vault, floorPrice, receipt) &&
            IRevenueVault(vault).bookedAt(receipt.paymentRef, receipt.client, blockNumber) >= receipt.cumulative;
    }

    function _isBookable(address vault, uint256 floorPrice, Receipt calldata receipt) private view returns (bool) {
        return
            receipt.paymentRef != 0 &&
            receipt.cumulative != 0 &&
            receipt.amount >= floorPrice &&
            receipt.amount <= receipt.cumulative &&
            vault.code.length != 0;
    }
}
