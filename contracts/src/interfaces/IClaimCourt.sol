// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDisguisedUses} from "./IDisguisedUses.sol";
import {IUnpaidUses} from "./IUnpaidUses.sol";

/// @notice Decides both objective offences without a vote (protocol §5). A claim is known by the digest of the receipt
/// it accuses, or by
/// the batch that it opens: so no receipt is claimed twice, and every step can show again what the contract keeps as a
/// hash only.
interface IClaimCourt is IUnpaidUses, IDisguisedUses {
    /// @notice The code for offence 2, fixed for good.
    function disguisedUses() external view returns (address);
}
