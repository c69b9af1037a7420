// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Pot, Setting, State} from "./CourtState.sol";

/// @title Sets slashes aside (protocol §5, Slash).
/// @dev The first reveal opens an account's pot; claims that are revealed while it takes any share it, and all of them
/// together never take more than the largest single one of them could. So nobody shelters an account behind a small
/// claim of his own, and one outage costs one slash. What pots hold is what the license registry calls `contested`:
/// this court alone contests bonds.
library Pots {
    uint256 private constant BPS = 10_000;

    /// @notice Enters a claim: of the whole bond, announced money included, at most `slashBps`. Sets aside what the pot
    /// grows by.
    function enter(
        State storage state,
        Setting memory setting,
        address account,
        uint256 slashBps
    ) internal returns (uint96 reach, uint40 closesAt, uint256 reserved) {
        (uint256 bond, uint256 contested) = setting.licenses.bondOf(account);
        Pot memory pot = state.pots[account];
        if (block.timestamp >= pot.closesAt) {
            if (pot.open != 0) state.olderPots[account][pot.closesAt] = pot;
            pot = Pot({size: 0, taken: 0, closesAt: uint40(block.timestamp + setting.potWindow), open: 0});
        }
        uint256 held = pot.open == 0 ? 0 : pot.size - pot.taken;
        uint256 outside = bond - (contested - held); // older pots
        reach = uint96(Math.min(outside, (bond * slashBps) / BPS));
        // What was set aside went back when no claim was open any more, and may have left since.
        pot.size = uint96(Math.min(Math.max(pot.size, reach), pot.taken + outside));
        reserved = pot.size - pot.taken - held;
        pot.open += 1;
        closesAt = pot.closesAt;
        state.pots[account] = pot;
        // Interaction
        if (reserved != 0) setting.licenses.contest(account, reserved);
    }

    /// @notice Ends a claim: it takes of its pot what it `wants`, as far as that reaches; with the last open claim the
    /// rest is `freed`. `move` does it in the registry.
    function leave(
        State storage state,
        address account,
        uint40 closesAt,
        uint256 wanted
    ) internal returns (uint256 taken, uint256 freed) {
        Pot storage stored = _potOf(state, account, closesAt);
        Pot memory pot = stored;
        uint256 held = pot.size - pot.taken;
        taken = Math.min(wanted, held);
        pot.taken += uint96(taken);
        pot.open -= 1;
        freed = pot.open == 0 ? held : taken;
        (stored.taken, stored.open) = (pot.taken, pot.open);
    }

    /// @notice What a pot still holds.
    function heldIn(State storage state, address account, uint40 closesAt) internal view returns (uint256) {
        Pot storage pot = _potOf(state, account, closesAt);
        return pot.size - pot.taken;
    }

    /// @notice Ends the reservation of `freed`, and takes `taken` of it to the court.
    function move(Setting memory setting, address account, uint256 taken, uint256 freed, bool isSlash) internal {
        if (taken != 0) setting.licenses.take(account, freed, taken, isSlash);
        else if (freed != 0) setting.licenses.returnBond(account, freed);
    }

    function _potOf(State storage state, address account, uint40 closesAt) private view returns (Pot storage) {
        bool isNewest = state.pots[account].closesAt == closesAt;
        return isNewest ? state.pots[account] : state.olderPots[account][closesAt];
    }
}
