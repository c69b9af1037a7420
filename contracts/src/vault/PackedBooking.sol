// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Booking, BookingKind} from "../interfaces/IRevenueVault.sol";

/// @title A booking in one word, read and written as a whole: client, 88 bits of total, kind.
library PackedBooking {
    function pack(address client, uint88 total, BookingKind kind) internal pure returns (uint256) {
        return (uint256(uint160(client)) << 96) | (uint256(total) << 8) | uint8(kind);
    }

    function unpack(uint256 word) internal pure returns (Booking memory) {
        return Booking(address(uint160(word >> 96)), totalOf(word), BookingKind(uint8(word)));
    }

    function totalOf(uint256 word) internal pure returns (uint88) {
        return uint88(word >> 8);
    }
}
