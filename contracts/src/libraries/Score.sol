// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Proof} from "../interfaces/Claims.sol";
import {Bits} from "./Bits.sol";

/// @title How much the items of a batch weigh as evidence (score.ts of packages/protocol).
library Score {
    /// @notice bits - 1 for every hit, -1 for any other item: 2^score is then a supermartingale for a clean host.
    function batchScore(uint256 hits, uint256 items, uint256 bits) internal pure returns (int256) {
        return int256(hits * bits) - int256(items);
    }

    /// @notice The score of a claim if only those of its hits count whose bit is set in `counting`.
    function claimScore(Proof memory proof, uint256 counting) internal pure returns (int256) {
        return batchScore(Bits.count(counting), proof.itemCount, proof.bits);
    }
}
