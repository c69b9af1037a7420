// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Batch, BatchOpening, IVerifierRegistry} from "../src/interfaces/IVerifierRegistry.sol";
import {Rates} from "../src/interfaces/IParameters.sol";
import {CourtFixture} from "../testing/CourtFixture.sol";

// commitBatch
// ├── when not staked, leaving, or the id is taken                     reverts
// └── otherwise                               takes the deposit, numbers the batch
// drawBatch                                   once, between the beacon block and 256 blocks later
// openBatch
// ├── when not drawn, settled, too late, or another's                  reverts
// └── otherwise                               returns the deposit, and a refund as far as pool and monthly cap reach
// forfeitBatch                                after the window, to the pool
// openFor                                     the court alone, and never fails for a settled batch
contract BatchesTest is CourtFixture {
    uint256 private constant REFUND = DOLLAR / 4;
    uint256 private constant CAP = 10 * DOLLAR;

    BatchOpening private opening;
    bytes32 private id;

    function setUp() public {
        deployCourt();
        openDoors();
        opening = BatchOpening({account: HOST, modelId: 1, release: 1, pairsRoot: "pairs", itemCount: 6, salt: "salt"});
        id = idOf(VERIFIER);
    }

    function test_CommitTakesTheDepositAndNumbersTheBatch() public {
        uint256 before = token.balanceOf(VERIFIER);
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.BatchCommitted(id, VERIFIER, 1, DOLLAR, block.number + 2);
        commit();
        Batch memory batch = verifiers.batch(id);
        eq(batch.verifier, VERIFIER);
        eq(batch.deposit, DOLLAR);
        eq(batch.committedAt, block.timestamp);
        eq(batch.beaconBlock, block.number + 2);
        eq(batch.beacon, 0);
        eq(verifiers.batchCount(VERIFIER), 1);
        eq(before - token.balanceOf(VERIFIER), DOLLAR);
        eq(verifiers.pool(), 0);
    }

    function test_RevertWhen_NotStaked() public {
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotStaked.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        verifiers.commitBatch(id);
        vm.startPrank(VERIFIER);
        verifiers.requestUnstake();
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotStaked.selector, VERIFIER));
        verifiers.commitBatch(id);
    }

    function test_RevertWhen_TheIdIsTaken() public {
        commit();
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchExists.selector, id));
        commit();
    }

    function test_DrawnOnceWithinReach() public {
        commit();
        uint256 beaconBlock = block.number + 2;
        vm.roll(beaconBlock);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BeaconNotReady.selector, beaconBlock)
        );
        verifiers.drawBatch(id);
        vm.roll(beaconBlock + 256);
        bytes32 beacon = blockhash(beaconBlock);
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.BatchDrawn(id, beacon);
        vm.prank(OUTSIDER); // anyone
        eq(verifiers.drawBatch(id), beacon);
        eq(verifiers.batch(id).beacon, beacon);
        vm.roll(beaconBlock + 1_000);
        eq(verifiers.drawBatch(id), beacon); // it stays
    }

    function test_RevertWhen_TheBeaconWasMissed() public {
        commit();
        uint256 beaconBlock = block.number + 2;
        vm.roll(beaconBlock + 257);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BeaconMissed.selector, beaconBlock));
        verifiers.drawBatch(id);
    }

    function test_RevertWhen_TheBatchIsUnknown() public {
        bytes memory unknown = abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_UnknownBatch.selector, id);
        vm.expectRevert(unknown);
        verifiers.drawBatch(id);
        vm.expectRevert(unknown);
        verifiers.forfeitBatch(id);
        vm.expectRevert(unknown);
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
        vm.expectRevert(unknown);
        vm.prank(address(court));
        verifiers.openFor(VERIFIER, opening);
    }

    function test_OpeningReturnsTheDepositAndARefund() public {
        token.mint(address(verifiers), DOLLAR);
        commitAndDraw();
        uint256 before = token.balanceOf(VERIFIER);
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.BatchOpened(id, VERIFIER, 1, opening, DOLLAR, REFUND);
        vm.prank(VERIFIER);
        eq(verifiers.openBatch(opening), REFUND);
        eq(token.balanceOf(VERIFIER) - before, DOLLAR + REFUND);
        eq(verifiers.pool(), DOLLAR - REFUND);
        eq(verifiers.batch(id).deposit, 0);
        eq(verifiers.refundLeft(1), CAP - REFUND);
        eq(verifiers.refundLeft(2), CAP);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchSettled.selector, id));
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
    }

    function test_ThePoolPaysNoMoreThanItHas() public {
        token.mint(address(verifiers), REFUND - 1);
        commitAndDraw();
        vm.prank(VERIFIER);
        eq(verifiers.openBatch(opening), REFUND - 1);
        eq(verifiers.pool(), 0);
    }

    // protocol §6: paid claims farm the inspection pool (opened, drawn batches only, capped per model and month)
    function test_ThePoolPaysNoMoreThanTheCapPerModelAndMonth() public {
        token.mint(address(verifiers), 100 * DOLLAR);
        uint256 next = (block.timestamp / 30 days + 1) * 30 days;
        vm.warp(next - 1_000);
        for (uint256 i = 0; i < 40; ++i) eq(openNext(1), REFUND);
        eq(verifiers.refundLeft(1), 0);
        eq(openNext(1), 0);
        eq(openNext(2), REFUND); // another model has its own
        vm.warp(next - 1);
        eq(openNext(1), 0);
        vm.warp(next);
        eq(verifiers.refundLeft(1), CAP);
        eq(openNext(1), REFUND);
        eq(verifiers.refundLeft(1), CAP - REFUND);
    }

    function test_TheLastRefundOfAMonthIsWhatIsLeft() public {
        token.mint(address(verifiers), DOLLAR);
        setRates(DOLLAR, REFUND, REFUND + 1);
        eq(openNext(1), REFUND);
        eq(openNext(1), 1);
        eq(openNext(1), 0);
        setRates(DOLLAR, REFUND, REFUND); // below what was repaid already
        eq(verifiers.refundLeft(1), 0);
    }

    function test_AnOpenBatchKeepsItsDeposit() public {
        commitAndDraw();
        setRates(5 * DOLLAR, REFUND, CAP);
        uint256 before = token.balanceOf(VERIFIER);
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
        eq(token.balanceOf(VERIFIER) - before, DOLLAR);
    }

    function test_RevertWhen_OpenedBeforeTheDraw() public {
        commit();
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchNotDrawn.selector, id));
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
        uint256 endsAt = block.timestamp + 600;
        vm.warp(endsAt);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_TooEarly.selector, endsAt + 1));
        verifiers.forfeitBatch(id);
        vm.warp(endsAt + 1);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_OpenWindowOver.selector, endsAt));
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.BatchForfeited(id, VERIFIER, DOLLAR);
        verifiers.forfeitBatch(id);
        eq(verifiers.pool(), DOLLAR);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchSettled.selector, id));
        verifiers.forfeitBatch(id);
    }

    function test_OpenedInTheLastSecond() public {
        commitAndDraw();
        vm.warp(block.timestamp + 600);
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
    }

    function test_TheCourtOpensForItsVerifier() public {
        commitAndDraw();
        uint256 before = token.balanceOf(VERIFIER);
        vm.warp(block.timestamp + 601); // an admitted claim is not too late
        vm.prank(address(court));
        verifiers.openFor(VERIFIER, opening);
        eq(token.balanceOf(VERIFIER) - before, DOLLAR);
        vm.prank(address(court));
        verifiers.openFor(VERIFIER, opening); // settled: nothing happens
        eq(token.balanceOf(VERIFIER) - before, DOLLAR);
    }

    function test_RevertWhen_NotTheCourt() public {
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotCourt.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        verifiers.openFor(VERIFIER, opening);
    }

    function testFuzz_commitBatch(bytes32 batchId_) public {
        vm.startPrank(VERIFIER);
        verifiers.commitBatch(batchId_);
        eq(verifiers.batch(batchId_).verifier, VERIFIER);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchExists.selector, batchId_));
        verifiers.commitBatch(batchId_);
    }

    function testFuzz_drawBatch(uint256 blocks) public {
        commit();
        uint256 beaconBlock = block.number + 2;
        blocks = bound(blocks, 0, 600);
        vm.roll(block.number + blocks);
        try verifiers.drawBatch(id) returns (bytes32 beacon) {
            require(block.number > beaconBlock && block.number <= beaconBlock + 256, "out of reach");
            eq(beacon, blockhash(beaconBlock));
        } catch {
            require(block.number <= beaconBlock || block.number > beaconBlock + 256, "refused");
        }
    }

    /// @notice A refund is the least of the rate, the pool and what the month leaves.
    function testFuzz_openBatch(uint256 money, uint64 refund, uint64 cap) public {
        money = bound(money, 0, 3 * DOLLAR);
        refund = uint64(bound(refund, 0, DOLLAR));
        cap = uint64(bound(cap, refund, 2 * DOLLAR));
        token.mint(address(verifiers), money);
        setRates(DOLLAR, refund, cap);
        uint256 left = cap;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 expected = least(least(refund, money), left);
            eq(openNext(1), expected);
            (money, left) = (money - expected, left - expected);
            eq(verifiers.pool(), money);
        }
    }

    function testFuzz_openFor(uint256 wait, bool open) public {
        commitAndDraw();
        vm.warp(block.timestamp + bound(wait, 0, 1_200));
        if (open) {
            vm.prank(VERIFIER);
            try verifiers.openBatch(opening) {} catch {}
        }
        vm.prank(address(court));
        verifiers.openFor(VERIFIER, opening);
        eq(verifiers.batch(id).deposit, 0);
        eq(token.balanceOf(address(verifiers)), 20 * DOLLAR); // the stake alone
    }

    function testFuzz_forfeitBatch(uint256 wait) public {
        commit();
        wait = bound(wait, 0, 1_200);
        vm.warp(block.timestamp + wait);
        try verifiers.forfeitBatch(id) {
            require(wait > 600, "too early");
            eq(verifiers.pool(), DOLLAR);
        } catch {
            require(wait <= 600, "refused");
            eq(verifiers.pool(), 0);
        }
    }

    function commit() private {
        vm.prank(VERIFIER);
        verifiers.commitBatch(id);
    }

    function commitAndDraw() private {
        commit();
        vm.roll(block.number + 3);
        verifiers.drawBatch(id);
    }

    function openNext(uint256 modelId_) private returns (uint256) {
        opening.modelId = modelId_;
        opening.salt = keccak256(abi.encode(opening.salt));
        id = idOf(VERIFIER);
        commitAndDraw();
        vm.prank(VERIFIER);
        return verifiers.openBatch(opening);
    }

    function setRates(uint256 deposit, uint256 refund, uint256 cap) private {
        Rates memory changed = devRates();
        (changed.batchDeposit, changed.batchRefund, changed.poolCap) = (uint64(deposit), uint64(refund), uint64(cap));
        vm.prank(parameters.timelock());
        parameters.setRates(changed);
    }

    function least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    function idOf(address verifier) private view returns (bytes32) {
        BatchOpening memory o = opening;
        return keccak256(abi.encode(verifier, o.account, o.modelId, o.release, o.pairsRoot, o.itemCount, o.salt));
    }
}
