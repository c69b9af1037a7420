// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CourtStage} from "./CourtStage.sol";
import {Claim, ClaimState, Hit, HitRef} from "../../src/interfaces/Claims.sol";
import {BatchOpening} from "../../src/interfaces/IVerifierRegistry.sol";

/// @notice Batches, probes that the host answers under another name, and every step of a claim of offence 2.
abstract contract DisguisedActions is CourtStage {
    struct Accusation {
        bytes32 claimId;
        bytes opening;
        bytes hits;
        uint256 items;
    }

    Accusation[] internal accusations;
    bytes32[] internal batchIds;

    /// @notice Commits and draws a batch, asks, and reveals a claim on what was answered; mostly proves it too, and has
    /// it admitted.
    function accuse(uint256 seed) external {
        unless(accusations.length == 12); // a batch more, and the threshold is out of reach
        (BatchOpening memory opening, bytes32 id) = drawBatch(bytes32(accusations.length));
        batchIds.push(id);
        (Hit[] memory found, uint256 items) = probe(id, seed % 3 == 0 ? otherLicense : 0);
        uint256 bond = licenses.accountOf(HOST).bond;
        bytes32 claimId = reveal(opening, found, items);
        opened(claimId, bond / 2);
        accusations.push(Accusation(claimId, abi.encode(opening), abi.encode(found), items));
        if ((seed / 3) % 4 == 0) return;
        proveItems(opening, items, found);
        if ((seed / 12) % 4 != 0) admitHits(opening, found);
    }

    function proveAll(uint256 seed, uint256 split) external {
        (Accusation storage it, BatchOpening memory opening, Hit[] memory found) = pickIn(seed, ClaimState.PROVING);
        unless(court.proof(it.claimId).itemsProven != 0 || block.timestamp > court.claim(it.claimId).answerBy);
        uint256 first = split % found.length;
        if (first != 0) proveItems(opening, found[first].index, part(found, 0, first));
        proveItems(opening, it.items, part(found, first, found.length));
    }

    function admitClaim(uint256 seed) external {
        (Accusation storage it, BatchOpening memory opening, Hit[] memory found) = pickIn(seed, ClaimState.PROVING);
        unless(court.proof(it.claimId).itemsProven != it.items || block.timestamp > court.claim(it.claimId).answerBy);
        admitHits(opening, found);
    }

    /// @notice Nobody can have the hits of one claim count in another.
    function countAgain(uint256 seed) external {
        (, BatchOpening memory opening, Hit[] memory found) = pickIn(seed, ClaimState.CONTESTED);
        opening.salt = keccak256(abi.encode("again", seed, block.number));
        bytes32 id = commitBatch(opening);
        batchIds.push(id);
        vm.roll(block.number + 3);
        verifiers.drawBatch(id);
        bytes32 claimId = reveal(opening, found, KEYS);
        opened(claimId, 0);
        vm.prank(VERIFIER);
        (bool ok, ) = address(court).call(abi.encodeCall(court.proveItems, (opening, KEYS, found)));
        check(!ok, "a receipt counted twice");
    }

    function finaliseDisguised(uint256 seed) external {
        unless(accusations.length == 0);
        Accusation storage it = accusations[seed % accusations.length];
        Claim memory claim = court.claim(it.claimId);
        unless(!isOpen(it.claimId) || block.timestamp <= claim.answerBy);
        bytes memory call = abi.encodeCall(
            court.finaliseDisguisedUse,
            (VERIFIER, abi.decode(it.opening, (BatchOpening)))
        );
        uint256 bond = licenses.accountOf(HOST).bond;
        (, , bool firstIsOpen, , ) = court.potOf(HOST);
        if (firstIsOpen && claim.state == ClaimState.CONTESTED) {
            (bool ok, ) = address(court).call(call);
            unless(!ok); // its turn has not come
        } else {
            must(address(court), call);
        }
        noteEnd(it.claimId, bond - licenses.accountOf(HOST).bond);
    }

    function openBatch(uint256 seed) external {
        BatchOpening memory opening = batchOpening(keccak256(abi.encode("open", seed, block.number)));
        bytes32 id = commitBatch(opening);
        batchIds.push(id);
        vm.roll(block.number + 3);
        verifiers.drawBatch(id);
        uint256 left = verifiers.refundLeft(modelId);
        vm.prank(VERIFIER);
        uint256 refund = verifiers.openBatch(opening);
        check(refund <= left && refund <= DOLLAR / 4, "the pool repaid above its cap");
    }

    function forfeitBatch(uint256 seed) external {
        for (uint256 i = 0; i < batchIds.length; ++i) {
            bytes32 id = batchIds[((seed % batchIds.length) + i) % batchIds.length];
            if (verifiers.batch(id).deposit == 0 || block.timestamp <= verifiers.batch(id).committedAt + 600) continue;
            uint256 pool = verifiers.pool();
            must(address(verifiers), abi.encodeCall(verifiers.forfeitBatch, (id)));
            check(verifiers.pool() == pool + DOLLAR, "a deposit did not fall to the pool");
            return;
        }
        revert Idle();
    }

    /// @notice A verifier that never opens what it committed.
    function leaveBatch(uint256 seed) external {
        batchIds.push(commitBatch(batchOpening(keccak256(abi.encode("leave", seed, block.number)))));
    }

    function admitHits(BatchOpening memory opening, Hit[] memory found) private {
        admit(opening, refs(found));
        notePot();
    }

    /// @dev The first items, as many as the score needs if every fresh key counts.
    function probe(bytes32 id, uint256 named) private returns (Hit[] memory found, uint256 items) {
        int256 needed = court.scoreNeeded(VERIFIER);
        Hit[] memory all = new Hit[](KEYS);
        uint256 seen;
        uint256 count;
        for (int256 score = 0; score < needed && items < KEYS; ++items) {
            uint256 key = keyAt(id, items);
            bool fresh = seen & (1 << key) == 0;
            seen |= 1 << key;
            score += fresh ? int256(1) : -1;
            if (!fresh) continue;
            ++payments;
            all[count++] = hit(id, items, named);
        }
        unless(count == 0);
        return (part(all, 0, count), items);
    }

    /// @dev One of all accusations in a state: the first from a random one on.
    function pickIn(
        uint256 seed,
        ClaimState state
    ) private view returns (Accusation storage it, BatchOpening memory opening, Hit[] memory found) {
        uint256 count = accusations.length;
        for (uint256 i = 0; i < count; ++i) {
            it = accusations[((seed % count) + i) % count];
            if (court.claim(it.claimId).state != state) continue;
            return (it, abi.decode(it.opening, (BatchOpening)), abi.decode(it.hits, (Hit[])));
        }
        revert Idle();
    }
}
