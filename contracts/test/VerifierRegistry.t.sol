// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Batch, BatchOpening, IVerifierRegistry} from "../src/interfaces/IVerifierRegistry.sol";
import {Fixture, FixtureTest} from "../testing/Fixture.sol";

// stake
// ├── when it stays below the minimum         reverts
// └── otherwise                               counts, and ends an exit that was asked for
// requestUnstake, unstake                     after the delay; a leaving verifier commits nothing
// commitBatch
// ├── when not staked / id taken              reverts
// └── otherwise                               takes the deposit, numbers the batch
// drawBatch                                   once, between the beacon block and 256 blocks later
// openBatch
// ├── when not drawn / settled / too late     reverts
// └── otherwise                               returns the deposit, and a refund as far as the pool reaches
// forfeitBatch                                after the window, to the pool
// openFor                                     the court alone, and never fails for a settled batch
contract VerifierRegistryTest is FixtureTest {
    BatchOpening private opening;
    bytes32 private batchId;

    function setUp() public override {
        super.setUp();
        opening = BatchOpening({account: HOST, modelId: 1, pairsRoot: "pairs", itemCount: 6, salt: "salt"});
        batchId = idOf(VERIFIER);
        vm.prank(VERIFIER);
        verifiers.stake(20 * DOLLAR, "key");
    }

    function test_StakeCounts() public view {
        require(verifiers.isStaked(VERIFIER), "staked");
        eq(verifiers.stakeOf(VERIFIER), 20 * DOLLAR);
        eq(verifiers.encryptionKeyOf(VERIFIER), "key");
        eq(verifiers.pool(), 0);
    }

    function test_RevertWhen_TheStakeIsTooLow() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IVerifierRegistry.VerifierRegistry_StakeTooLow.selector, 20 * DOLLAR - 1, 20 * DOLLAR
            )
        );
        vm.prank(OUTSIDER);
        verifiers.stake(20 * DOLLAR - 1, "key");
    }

    function test_UnstakeAfterTheDelay() public {
        vm.startPrank(VERIFIER);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NothingToUnstake.selector, VERIFIER));
        verifiers.unstake();
        verifiers.requestUnstake();
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotStaked.selector, VERIFIER));
        verifiers.commitBatch(batchId);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_TooEarly.selector, block.timestamp + 60)
        );
        verifiers.unstake();
        vm.warp(block.timestamp + 60);
        eq(verifiers.unstake(), 20 * DOLLAR);
        vm.stopPrank();
        eq(token.balanceOf(VERIFIER), 1_000 * DOLLAR);
    }

    function test_StakingAgainEndsAnExit() public {
        vm.startPrank(VERIFIER);
        verifiers.requestUnstake();
        verifiers.stake(0, "new key");
        vm.stopPrank();
        require(verifiers.isStaked(VERIFIER), "staked");
        eq(verifiers.encryptionKeyOf(VERIFIER), "new key");
    }

    function test_CommitNumbersTheBatches() public {
        commit();
        Batch memory batch = verifiers.batch(batchId);
        eq(batch.ordinal, 1);
        eq(batch.beaconBlock, block.number + 2);
        eq(verifiers.batchCount(VERIFIER), 1);
        eq(token.balanceOf(VERIFIER), 979 * DOLLAR);
        eq(verifiers.pool(), 0);
    }

    function test_RevertWhen_TheIdIsTaken() public {
        commit();
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchExists.selector, batchId));
        commit();
    }

    function test_RevertWhen_DrawnAtTheWrongTime() public {
        commit();
        uint256 beaconBlock = block.number + 2;
        vm.roll(beaconBlock);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BeaconNotReady.selector, beaconBlock));
        verifiers.drawBatch(batchId);
        vm.roll(beaconBlock + 257);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BeaconMissed.selector, beaconBlock));
        verifiers.drawBatch(batchId);
    }

    function test_RevertWhen_TheBatchIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_UnknownBatch.selector, batchId));
        verifiers.drawBatch(batchId);
    }

    function test_OpeningReturnsTheDepositAndARefund() public {
        token.mint(address(verifiers), DOLLAR / 10); // the pool, less than a refund
        commitAndDraw();
        vm.prank(VERIFIER);
        eq(verifiers.openBatch(opening), DOLLAR / 10);
        eq(token.balanceOf(VERIFIER), 980 * DOLLAR + DOLLAR / 10);
        eq(verifiers.pool(), 0);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchSettled.selector, batchId));
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
    }

    function test_RevertWhen_OpenedBeforeTheDraw() public {
        commit();
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchNotDrawn.selector, batchId));
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
    }

    function test_RevertWhen_OpenedByAnother() public {
        commitAndDraw();
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_UnknownBatch.selector, idOf(OUTSIDER))
        );
        vm.prank(OUTSIDER);
        verifiers.openBatch(opening);
    }

    function test_AnUnopenedBatchFallsToThePool() public {
        commitAndDraw();
        uint64 endsAt = uint64(block.timestamp) + 600;
        vm.warp(endsAt);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_TooEarly.selector, endsAt));
        verifiers.forfeitBatch(batchId);
        vm.warp(endsAt + 1);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_OpenWindowOver.selector, endsAt));
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
        verifiers.forfeitBatch(batchId);
        eq(verifiers.pool(), DOLLAR);
    }

    function test_TheCourtOpensForItsVerifier() public {
        commitAndDraw();
        vm.warp(block.timestamp + 601);
        vm.prank(address(court));
        verifiers.openFor(VERIFIER, opening);
        eq(token.balanceOf(VERIFIER), 980 * DOLLAR);
        vm.prank(address(court));
        verifiers.openFor(VERIFIER, opening); // settled: nothing happens
        eq(token.balanceOf(VERIFIER), 980 * DOLLAR);
    }

    function test_RevertWhen_NotTheCourt() public {
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotCourt.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        verifiers.openFor(VERIFIER, opening);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_CourtAlreadyBound.selector, address(court))
        );
        verifiers.bindCourt(OUTSIDER);
    }

    function commit() private {
        vm.prank(VERIFIER);
        verifiers.commitBatch(batchId);
    }

    function commitAndDraw() private {
        commit();
        vm.roll(block.number + 3);
        verifiers.drawBatch(batchId);
    }

    function idOf(address verifier) private view returns (bytes32) {
        return keccak256(
            abi.encode(verifier, opening.account, opening.modelId, opening.pairsRoot, opening.itemCount, opening.salt)
        );
    }
}

/// @notice Verifiers stake, commit, open and let batches lapse at random.
contract PoolHandler is Fixture {
    uint256 private batches;
    mapping(bytes32 batchId => BatchOpening) private openings;
    mapping(bytes32 batchId => bool) public isOpen;
    bytes32[] private ids;
    uint256 public stakes;
    uint256 public deposits;

    constructor() {
        deployAll();
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(who(i));
            verifiers.stake(20 * DOLLAR, "key");
            stakes += 20 * DOLLAR;
        }
    }

    function stake(uint256 seed, uint256 amount) external {
        amount = bound(amount, 0, DOLLAR);
        vm.prank(who(seed));
        try verifiers.stake(amount, "key") {
            stakes += amount;
        } catch {}
    }

    function depart(uint256 seed) external {
        vm.startPrank(who(seed));
        try verifiers.requestUnstake() {
            vm.warp(block.timestamp + 60);
            stakes -= verifiers.unstake();
        } catch {}
        vm.stopPrank();
    }

    function commit(uint256 seed) external {
        address verifier = who(seed);
        BatchOpening memory o = BatchOpening({account: HOST, modelId: 1, pairsRoot: 0, itemCount: 1, salt: bytes32(++batches)});
        bytes32 id = keccak256(abi.encode(verifier, o.account, o.modelId, o.pairsRoot, o.itemCount, o.salt));
        vm.prank(verifier);
        try verifiers.commitBatch(id) {
            openings[id] = o;
            ids.push(id);
            deposits += DOLLAR;
            isOpen[id] = true;
        } catch {}
    }

    function settle(uint256 seed, bool open) external {
        if (ids.length == 0) return;
        bytes32 id = ids[seed % ids.length];
        if (!isOpen[id]) return;
        vm.roll(block.number + 3);
        try verifiers.drawBatch(id) {} catch {}
        if (open) {
            vm.prank(verifiers.batch(id).verifier);
            try verifiers.openBatch(openings[id]) {
                settled(id);
            } catch {}
        } else {
            vm.warp(block.timestamp + 601);
            verifiers.forfeitBatch(id);
            settled(id);
        }
    }

    function feed(uint256 amount) external {
        token.mint(address(verifiers), bound(amount, 1, DOLLAR));
    }

    function solvent() external view returns (bool) {
        return token.balanceOf(address(verifiers)) == stakes + deposits + verifiers.pool();
    }

    function settled(bytes32 id) private {
        isOpen[id] = false;
        deposits -= DOLLAR;
    }

    function who(uint256 seed) private pure returns (address) {
        return seed % 2 == 0 ? VERIFIER : OUTSIDER;
    }
}

contract PoolInvariant {
    PoolHandler private handler;

    function setUp() public {
        handler = new PoolHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_ThePoolIsNobodysStakeOrDeposit() public view {
        require(handler.solvent(), "pool miscounted");
    }
}
