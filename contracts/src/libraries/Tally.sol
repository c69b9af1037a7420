// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Receipt} from "../interfaces/Claims.sol";

/// @title Which licenses the receipts of hits name, in the order in which they are first named, and how many each.
library Tally {
    function of_(
        Receipt[] calldata receipts
    ) internal pure returns (uint256[] memory licenseIds, uint256[] memory counts) {
        uint256[] memory found = new uint256[](receipts.length);
        uint256[] memory times = new uint256[](receipts.length);
        uint256 distinct;
        for (uint256 i = 0; i < receipts.length; ++i) {
            uint256 licenseId = receipts[i].licenseId;
            uint256 j = 0;
            while (j < distinct && found[j] != licenseId) ++j;
            if (j == distinct) found[distinct++] = licenseId;
            ++times[j];
        }
        (licenseIds, counts) = (new uint256[](distinct), new uint256[](distinct));
        for (uint256 i = 0; i < distinct; ++i) (licenseIds[i], counts[i]) = (found[i], times[i]);
    }
}
