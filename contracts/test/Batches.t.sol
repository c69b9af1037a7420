// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBeacon} from "../src/beacon/IBeacon.sol";
import {Batch, BatchOpening, IVerifierRegistry} from "../src/interfaces/IVerifierRegistry.sol";
import {Rates} from "../src/interfaces/IParameters.sol";
import {CourtFixture} from "../testing/CourtFixture.sol";

// commitBatch
// ├── when not staked, leaving, or committed before                    reverts
// └── otherwise                               takes the deposit, names the next round, counts over everybody
// openBatch
// ├── until its round is posted; when settled, too late, or another's  reverts
// └── otherwise                               returns the deposit
// closeBatch
// ├── while it may be opened                                           reverts
// ├── when its round is void                  returns the deposit
// └── otherwise                               burns it
// openFor                                     the court alone, and never fails for a settled batch
contract BatchesTest is CourtFixture {
    BatchOpening private opening;
    bytes32 private id;

    function setUp() public {
        deployCourt();
        openDoors();
        opening = BatchOpening(HOST, 1, 1, new uint256[](2), 6, "pairs", "salt");
        (opening.licenseIds[0], opening.licenseIds[1]) = (3, 4);
        id = idOf(VERIFIER);
    }

    function test_CommitTakesTheDepositAndNamesItsRound() public {
        uint256 before = token.balanceOf(VERIFIER);
        uint64 round = uint64(block.number) + 2;
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.BatchCommitted(id, VERIFIER, 1, DOLLAR, round);
        commit();
        Batch memory batch = verifiers.batch(id);
        eq(batch.verifier, VERIFIER);
        eq(batch.deposit, DOLLAR);
        eq(batch.committedAt, block.timestamp);
        eq(batch.round, round);
        eq(batch.number, 1);
        require(!batch.opened, "opened");
        eq(before - token.balanceOf(VERIFIER), DOLLAR);
    }

    function test_RevertWhen_NotStaked() public {
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotStaked.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        verifiers.commitBatch(hashOf());
        vm.startPrank(VERIFIER);
        verifiers.requestUnstake();
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotStaked.selector, VERIFIER));
        verifiers.commitBatch("hash");
    }

    function test_RevertWhen_CommittedTwice() public {
        commit();
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchExists.selector, id));
        commit();
    }

    // F7, first half: a helper commits for a claimant that has no stake. What it commits is its own.
    function test_F7_AHelperCommitsForNobodyElse() public {
        stakeAs(HOST);
        bytes32 claimants = idOf(OUTSIDER);
        vm.startPrank(HOST);
        verifiers.commitBatch(hashOf());
        verifiers.commitBatch(claimants); // whatever it names
        vm.stopPrank();
        eq(verifiers.batch(claimants).verifier, address(0));
        draw(idOf(HOST));
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_UnknownBatch.selector, claimants));
        vm.prank(OUTSIDER);
        verifiers.openBatch(opening);
    }

    // F7, second half: whoever copies a commitment from the mempool blocks nobody.
    function test_F7_ACopyBlocksNobody() public {
        stakeAs(HOST);
        vm.prank(HOST);
        verifiers.commitBatch(hashOf());
        commit();
        eq(verifiers.batch(id).verifier, VERIFIER);
        draw(id);
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
        eq(verifiers.batch(idOf(HOST)).deposit, DOLLAR); // the copier's own is still to be opened
    }

    // F10: batches are committed until one scores. They are counted over all verifiers, opened or not.
    function test_F10_EveryBatchCounts() public {
        stakeAs(HOST);
        vm.prank(HOST);
        verifiers.commitBatch("redrawn");
        commit();
        eq(verifiers.batch(id).number, 2);
        for (uint256 i = 0; i < 5; ++i) {
            vm.prank(i % 2 == 0 ? HOST : VERIFIER);
            eq(verifiers.batch(verifiers.commitBatch(bytes32(i))).number, 3 + i);
        }
        eq(verifiers.batchCount(), 7);
        eq(verifiers.batch(id).number, 2); // as it was when it was committed
    }

    function test_RevertWhen_TheBatchIsUnknown() public {
        bytes memory unknown = abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_UnknownBatch.selector, id);
        vm.expectRevert(unknown);
        verifiers.closeBatch(id);
        vm.expectRevert(unknown);
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
        vm.expectRevert(unknown);
        vm.prank(address(court));
        verifiers.openFor(VERIFIER, opening);
    }

    function test_OpeningReturnsTheDeposit() public {
        commit();
        draw(id);
        uint256 before = token.balanceOf(VERIFIER);
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.BatchOpened(id, VERIFIER, 1, opening, DOLLAR);
        open();
        eq(token.balanceOf(VERIFIER) - before, DOLLAR);
        eq(verifiers.batch(id).deposit, 0);
        require(verifiers.batch(id).opened, "opened");
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchSettled.selector, id));
        open();
    }

    function test_AnOpenBatchKeepsItsDeposit() public {
        commit();
        draw(id);
        Rates memory changed = devRates();
        changed.batchDeposit = uint64(5 * DOLLAR);
        vm.prank(parameters.timelock());
        parameters.setRates(changed);
        uint256 before = token.balanceOf(VERIFIER);
        open();
        eq(token.balanceOf(VERIFIER) - before, DOLLAR);
    }

    function test_RevertWhen_OpenedBeforeTheRound() public {
        commit();
        vm.roll(verifiers.batch(id).round + 1); // known, but nobody posted it
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchNotDrawn.selector, id));
        open();
    }

    function test_RevertWhen_OpenedByAnother() public {
        commit();
        draw(id);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_UnknownBatch.selector, idOf(OUTSIDER))
        );
        vm.prank(OUTSIDER);
        verifiers.openBatch(opening);
    }

    // protocol §5: an unopened batch forfeits its deposit, which burns
    function test_AnUnopenedBatchBurns() public {
        commit();
        draw(id);
        uint256 endsAt = block.timestamp + 600;
        vm.warp(endsAt);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_TooEarly.selector, endsAt + 1));
        verifiers.closeBatch(id);
        vm.warp(endsAt + 1);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_OpenWindowOver.selector, endsAt));
        open();
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.BatchClosed(id, VERIFIER, DOLLAR, false);
        verifiers.closeBatch(id);
        eq(token.balanceOf(BURNED), DOLLAR);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchSettled.selector, id));
        verifiers.closeBatch(id);
    }

    // protocol §5: a void round returns the deposit
    function test_AVoidRoundReturnsTheDeposit() public {
        uint256 before = token.balanceOf(VERIFIER);
        commit();
        uint64 round = verifiers.batch(id).round;
        vm.warp(block.timestamp + 601);
        vm.roll(round + 256);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchNotDrawn.selector, id));
        verifiers.closeBatch(id); // it can still be posted
        vm.roll(round + 257);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_TooLate.selector, round));
        beacon.post(round, "");
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.BatchClosed(id, VERIFIER, DOLLAR, true);
        verifiers.closeBatch(id);
        eq(token.balanceOf(VERIFIER), before);
        require(!verifiers.batch(id).opened, "opened");
    }

    function test_OpenedInTheLastSecond() public {
        commit();
        draw(id);
        vm.warp(block.timestamp + 600);
        open();
    }

    function test_TheCourtOpensForItsVerifier() public {
        commit();
        draw(id);
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

    function testFuzz_commitBatch(bytes32 openingHash) public {
        vm.startPrank(VERIFIER);
        bytes32 batchId = verifiers.commitBatch(openingHash);
        eq(batchId, keccak256(abi.encode(VERIFIER, openingHash)));
        eq(verifiers.batch(batchId).verifier, VERIFIER);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_BatchExists.selector, batchId));
        verifiers.commitBatch(openingHash);
    }

    /// @notice However it ends, the deposit is back with its verifier or burned, never both.
    function testFuzz_closeBatch(uint256 wait, uint256 blocks, bool posted, bool opened) public {
        uint256 before = token.balanceOf(VERIFIER);
        commit();
        if (posted) draw(id);
        (wait, blocks) = (bound(wait, 0, 1_200), bound(blocks, 0, 600));
        vm.warp(block.timestamp + wait);
        vm.roll(block.number + blocks);
        bool isVoid = !posted && blocks > 258;
        if (opened) {
            vm.prank(VERIFIER);
            try verifiers.openBatch(opening) {
                require(posted && wait <= 600, "opened");
            } catch {
                require(!posted || wait > 600, "not opened");
                opened = false;
            }
        }
        try verifiers.closeBatch(id) {
            require(!opened && (isVoid || (posted && wait > 600)), "closed");
            eq(token.balanceOf(BURNED), isVoid ? 0 : DOLLAR);
        } catch {
            require(opened || (!isVoid && (!posted || wait <= 600)), "not closed");
        }
        uint256 held = verifiers.batch(id).deposit;
        eq(token.balanceOf(VERIFIER) + token.balanceOf(BURNED) + held, before);
        eq(token.balanceOf(address(verifiers)), 20 * DOLLAR + held);
    }

    function testFuzz_openFor(uint256 wait, bool first) public {
        commit();
        draw(id);
        vm.warp(block.timestamp + bound(wait, 0, 1_200));
        if (first) {
            vm.prank(VERIFIER);
            try verifiers.openBatch(opening) {} catch {}
        }
        vm.prank(address(court));
        verifiers.openFor(VERIFIER, opening);
        require(verifiers.batch(id).opened, "opened");
        eq(token.balanceOf(address(verifiers)), 20 * DOLLAR); // the stake alone
    }

    function commit() private {
        vm.prank(VERIFIER);
        verifiers.commitBatch(hashOf());
    }

    function draw(bytes32 batchId) private {
        postRound(verifiers.batch(batchId).round);
    }

    function open() private {
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
    }

    function stakeAs(address who) private {
        vm.prank(who);
        verifiers.stake(20 * DOLLAR, "key");
    }

    function hashOf() private view returns (bytes32) {
        BatchOpening memory o = opening;
        return keccak256(abi.encode(o));
    }

    function idOf(address verifier) private view returns (bytes32) {
        return keccak256(abi.encode(verifier, hashOf()));
    }
}
