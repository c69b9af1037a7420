// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CourtStage} from "./CourtStage.sol";
import {ClaimState, Hit} from "../../src/interfaces/Claims.sol";
import {BatchOpening} from "../../src/interfaces/IVerifierRegistry.sol";

/// @notice Batches, probes that the host answers under another name, and every step of a claim of offence 2.
abstract contract DisguisedActions is CourtStage {
    struct Accusation {
        bytes32 claimId;
        bytes opening;
        bytes hits;
    }

    Accusation[] internal accusations;
    bytes32[] internal batchIds;

    /// @notice Commits and draws a batch, asks, and reveals a claim on what was answered; mostly proves it too.
    function accuse(uint256 seed) external {
        unless(accusations.length == 12); // a batch more, and the threshold is out of reach
        (BatchOpening memory opening, bytes32 id) = drawBatch(bytes32(accusations.length));
        batchIds.push(id);
        Hit[] memory found = hits(id, uint256(court.scoreNeeded(modelId, 1, verifiers.batch(id).number)));
        payments += found.length;
        uint256 bond = licenses.accountOf(HOST).bond;
        bytes32 claimId = reveal(opening, found.length);
        opened(claimId, bond / 2);
        accusations.push(Accusation(claimId, abi.encode(opening), abi.encode(found)));
        if (seed % 4 != 0) proveItems(opening, found.length, found);
    }

    function proveAll(uint256 seed, uint256 split) external {
        (Accusation storage it, BatchOpening memory opening, Hit[] memory found) = pickIn(seed, ClaimState.PROVING);
        unless(court.proof(it.claimId).itemsProven != 0 || block.timestamp > court.claim(it.claimId).answerBy);
        uint256 first = split % found.length;
        if (first != 0) proveItems(opening, found[first].index, part(found, 0, first));
        proveItems(opening, found.length, part(found, first, found.length));
        check(court.claim(it.claimId).state == ClaimState.CONTESTED, "proven, and not admitted");
    }

    /// @notice Nobody can have the hits of one claim count in another.
    function countAgain(uint256 seed) external {
        (, , Hit[] memory found) = pickIn(seed, ClaimState.CONTESTED);
        BatchOpening memory opening = batchOpening(keccak256(abi.encode("again", seed, block.number)));
        bytes32 id = commitAndDraw(opening);
        batchIds.push(id);
        uint256 bond = licenses.accountOf(HOST).bond;
        opened(reveal(opening, KEYS), bond / 2);
        vm.prank(VERIFIER);
        (bool ok, ) = address(court).call(abi.encodeCall(court.proveItems, (opening, KEYS, found)));
        check(!ok, "a receipt counted twice");
    }

    function finaliseDisguised(uint256 seed) external {
        unless(accusations.length == 0);
        Accusation storage it = accusations[seed % accusations.length];
        unless(!isOpen(it.claimId) || block.timestamp <= court.claim(it.claimId).answerBy);
        uint256 bond = licenses.accountOf(HOST).bond;
        BatchOpening memory opening = abi.decode(it.opening, (BatchOpening));
        must(address(court), abi.encodeCall(court.finaliseDisguisedUse, (VERIFIER, opening)));
        noteEnd(it.claimId, bond - licenses.accountOf(HOST).bond);
    }

    function openBatch(uint256 seed) external {
        BatchOpening memory opening = batchOpening(keccak256(abi.encode("open", seed, block.number)));
        bytes32 id = commitBatch(opening);
        batchIds.push(id);
        drawKeys(id);
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
        uint256 pool = pools.poolOf(modelId);
        if (pool == 0) return;
        vm.prank(OWNER);
        pools.payBatch(VERIFIER, opening, bound(seed, 1, pool < DOLLAR / 4 ? pool : DOLLAR / 4));
    }

    function closeBatch(uint256 seed) external {
        for (uint256 i = 0; i < batchIds.length; ++i) {
            bytes32 id = batchIds[((seed % batchIds.length) + i) % batchIds.length];
            if (verifiers.batch(id).deposit == 0 || block.timestamp <= verifiers.batch(id).committedAt + 600) continue;
            uint64 round = verifiers.batch(id).round;
            if (!beacon.isVoid(round) && !beacon.isPosted(round)) postRound(round);
            address to = beacon.isVoid(round) ? VERIFIER : BURNED;
            unless(token.refuses(to));
            uint256 before = token.balanceOf(to);
            must(address(verifiers), abi.encodeCall(verifiers.closeBatch, (id)));
            check(token.balanceOf(to) == before + DOLLAR, "a deposit did not end where it belongs");
            return;
        }
        revert Idle();
    }

    /// @notice A verifier that never opens what it committed.
    function leaveBatch(uint256 seed) external {
        batchIds.push(commitBatch(batchOpening(keccak256(abi.encode("leave", seed, block.number)))));
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
