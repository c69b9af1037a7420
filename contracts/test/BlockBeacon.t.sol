// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BlockBeacon} from "../src/beacon/BlockBeacon.sol";
import {IBeacon} from "../src/beacon/IBeacon.sol";
import {Actors} from "../testing/Actors.sol";

// constructor
// ├── on any chain but the dev chain, or without a delay    reverts
// └── otherwise                                             keeps its delay
// post
// ├── when the block is not mined, out of reach or posted   reverts
// ├── when there is a proof                                 reverts
// └── otherwise                                             keeps the block's hash
// isVoid
// └── once nobody posted it within 256 blocks               is true for good
contract BlockBeaconTest is Actors {
    uint64 private constant DELAY = 2;

    BlockBeacon private beacon;
    uint64 private round;

    function setUp() public {
        beacon = new BlockBeacon(DELAY);
        vm.roll(1_000);
        round = beacon.nextRound();
    }

    function test_ACommitmentNamesALaterBlock() public view {
        eq(beacon.delay(), DELAY);
        eq(round, 1_002);
    }

    function test_RevertWhen_NotTheDevChain() public {
        vm.chainId(1);
        vm.expectRevert(abi.encodeWithSelector(BlockBeacon.BlockBeacon_NotDevChain.selector, 1));
        this.deploy(DELAY);
    }

    function test_RevertWhen_TheRoundWouldBeThisBlock() public {
        vm.expectRevert(abi.encodeWithSelector(BlockBeacon.BlockBeacon_InvalidDelay.selector, 0));
        this.deploy(0);
    }

    /// @notice A call of its own: forge does not notice a bare `new` that should have reverted and did not.
    function deploy(uint64 delay) external {
        new BlockBeacon(delay);
    }

    function test_AnyonePostsTheHashOfTheBlock() public {
        vm.roll(round + 1);
        bytes32 value = blockhash(round);
        vm.expectEmit(address(beacon));
        emit IBeacon.BeaconPosted(round, value, OUTSIDER);
        vm.prank(OUTSIDER);
        eq(beacon.post(round, ""), value);
        vm.roll(round + 1_000);
        eq(beacon.valueOf(round), value);
        require(beacon.isPosted(round) && !beacon.isVoid(round), "gone");
    }

    function test_RevertWhen_TheBlockIsNotMined() public {
        vm.roll(round);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_TooEarly.selector, round));
        beacon.post(round, "");
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_NotPosted.selector, round));
        beacon.valueOf(round);
    }

    function test_RevertWhen_PostedTwice() public {
        vm.roll(round + 1);
        bytes32 value = beacon.post(round, "");
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_AlreadyPosted.selector, round, value));
        beacon.post(round, "");
    }

    function test_RevertWhen_ThereIsAProof() public {
        vm.roll(round + 1);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_InvalidProof.selector, round));
        beacon.post(round, hex"00");
    }

    function test_ARoundThatNobodyPostsIsVoid() public {
        vm.roll(round + 256);
        require(!beacon.isVoid(round), "void in its last block");
        vm.roll(round + 257);
        require(beacon.isVoid(round), "not void");
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_TooLate.selector, round));
        beacon.post(round, "");
    }

    function testFuzz_post(uint256 blocks) public {
        blocks = bound(blocks, 0, 600);
        vm.roll(1_000 + blocks);
        bool inReach = block.number > round && block.number <= round + 256;
        try beacon.post(round, "") returns (bytes32 value) {
            require(inReach, "out of reach");
            eq(value, blockhash(round));
        } catch {
            require(!inReach, "refused");
            require(beacon.isVoid(round) == block.number > round, "void");
        }
    }
}
