// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SmallWorld} from "./SmallWorld.sol";
import {Check} from "../../testing/Check.sol";

interface ExplorerVm {
    function envOr(string calldata name, uint256 defaultValue) external view returns (uint256);
}

/// @notice Visits every state that a small world can get into within so many steps, breadth first, and checks each one.
/// @dev A state is known by a hash of everything that the next steps depend on, and reached again by the steps that led
/// to it. What is
/// tried out is undone by the EVM itself: the world answers by reverting.
contract ExplorerTest is Check {
    uint256 private constant SHALLOW = 2; // what every test run can afford
    address private constant CONSOLE = 0x000000000000000000636F6e736F6c652e6c6f67;

    struct Search {
        bytes32[] seen; // a hash table, open addressing
        uint256[] paths; // to every state, in the order they were met: five bits a step, the first one lowest
        uint256 states;
        uint256 transitions;
        uint256 refused;
    }

    SmallWorld private world;

    function setUp() public {
        world = new SmallWorld();
    }

    function test_EveryReachableStateIsSolventAndSlashesOnce() public {
        uint256 depth = ExplorerVm(address(vm)).envOr("OML_EXPLORE_DEPTH", SHALLOW);
        uint256 most = ExplorerVm(address(vm)).envOr("OML_EXPLORE_STATES", 256);
        Search memory search;
        (search.seen, search.paths) = (new bytes32[](2 * most), new uint256[](most));
        meet(search, world.fingerprint(), 0);
        uint256 next;
        for (uint256 length = 0; length < depth; ++length) {
            for (uint256 end = search.states; next < end; ++next) expand(search, search.paths[next], length);
            if (depth > SHALLOW) say("states", search.states);
        }
        if (depth == SHALLOW) return;
        say("transitions", search.transitions);
        say("refused", search.refused);
    }

    function expand(Search memory search, uint256 path, uint256 length) private {
        uint256 freeMemory;
        assembly {
            freeMemory := mload(0x40)
        }
        (uint256 time, uint256 number) = (block.timestamp, block.number);
        (, bytes memory answer) = address(world).call(abi.encodeCall(world.lookAround, (path, length)));
        vm.warp(time);
        vm.roll(number);
        require(bytes4(answer) == SmallWorld.Neighbours.selector, string(answer));
        uint256 actions = world.actions();
        for (uint256 action = 0; action < actions; ++action) {
            bytes32 state;
            assembly ("memory-safe") {
                state := mload(add(add(answer, 100), mul(action, 32))) // behind selector, offset and length
            }
            ++search.transitions;
            if (state == 0) ++search.refused;
            else meet(search, state, path | (action << (5 * length)));
        }
        assembly {
            mstore(0x40, freeMemory) // nothing above is used again
        }
    }

    function meet(Search memory search, bytes32 state, uint256 path) private pure {
        uint256 size = search.seen.length;
        uint256 slot = uint256(state) % size;
        for (; search.seen[slot] != 0; slot = (slot + 1) % size) {
            if (search.seen[slot] == state) return;
        }
        require(search.states < search.paths.length, "more states than OML_EXPLORE_STATES");
        search.seen[slot] = state;
        search.paths[search.states++] = path;
    }

    /// @dev For a runner that shows it.
    function say(string memory name, uint256 value) private view {
        (bool said, ) = CONSOLE.staticcall(abi.encodeWithSignature("log(string,uint256)", name, value));
        said; // or not: nothing depends on it
    }
}
