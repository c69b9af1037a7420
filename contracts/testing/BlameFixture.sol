// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Fixture} from "./Fixture.sol";
import {HitFixture} from "./HitFixture.sol";
import {Merkle} from "./Merkle.sol";
import {ClaimState, Hit, Receipt} from "../src/interfaces/Claims.sol";
import {Committee} from "../src/interfaces/ICommittees.sol";
import {Blame, Finding} from "../src/interfaces/IBlames.sol";
import {Terms} from "../src/interfaces/ITermsRegistry.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";

/// @notice OWNER's two models: one with a code book, and a bait that HOST licensed and serves. A claim shows hits on
/// the first that name the license on the bait. Eight verifiers hold a ticket each and three tickets' stake.
abstract contract BlameFixture is Fixture, HitFixture {
    uint256 internal constant LEAK_BOND = 50 * DOLLAR;
    uint256 internal constant COVER = RESERVED / 2;
    uint256 internal constant DEPOSIT = 5 * DOLLAR; // five seats
    uint256 internal constant JURORS = 8;
    bytes32 internal constant SEALED = "sealed";

    uint256 internal bait;
    uint256 internal baitLicense;
    BatchOpening internal opening;
    bytes32 internal claimId;
    Receipt[] internal shown; // of the hits
    uint256 private batches; // that asked

    /// @dev `bond`: of the account of HOST.
    function setUpBlames(uint256 bond) internal {
        deployAll();
        prepareBook();
        modelId = mintModel(OWNER, Merkle.root(bookLeaves), 5_000);
        bait = mintModel(OWNER, "bait", 5_000);
        Terms memory asked = terms(5_000);
        asked.leakBond = uint96(LEAK_BOND);
        offer(OWNER, bait, asked);
        openAccount(HOST, SIGNER_KEY, bond);
        baitLicense = accept(HOST, bait);
        serve(OWNER, baitLicense);
        vm.prank(HOST);
        token.approve(address(blames), type(uint256).max);
        for (uint256 i = 0; i < JURORS; ++i) join(juror(i), 3 * 20 * DOLLAR);
        vm.roll(block.number + 1);
    }

    function juror(uint256 i) internal pure returns (address) {
        return address(uint160(0x10000 + i));
    }

    function join(address who, uint256 stake) internal {
        fund(who, address(verifiers));
        vm.startPrank(who);
        verifiers.stake(stake, "key");
        verifiers.enrol(1);
        vm.stopPrank();
    }

    /// @notice OWNER vouches for the bait, and the license reserves its part.
    function vouch(uint256 amount) internal {
        vm.prank(OWNER);
        titles.post(bait, amount);
        titles.reserve(baitLicense);
    }

    /// @notice Two hits that name the license, three the next time, booked or not; the claim is proven.
    function claimHits(uint256 named, bool booked) internal {
        opening = batchOpening(bytes32(++batches));
        if (named != 0) {
            opening.licenseIds = new uint256[](1);
            opening.licenseIds[0] = named;
        }
        claimId = commitAndDraw(opening);
        uint256 count = 1 + batches; // every batch asks for more
        Hit[] memory found = new Hit[](count);
        for (uint256 i = 0; i < count; ++i) {
            found[i] = hit(claimId, i, named);
            shown.push(found[i].evidence.signed.receipt);
            if (booked) bookLatest(named);
        }
        claimDisguised(opening, found, count);
    }

    function blameAs(address who) internal returns (uint256 blameId) {
        vm.prank(who);
        return blames.blame(VERIFIER, opening, shown, SEALED, "ipfs://sealed");
    }

    function one(uint256 value) internal pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = value;
    }

    function draw(uint256 committeeId) internal returns (address[] memory) {
        uint64 round = committees.committee(committeeId).round;
        vm.roll(round + 1);
        if (!beacon.isPosted(round)) beacon.post(round, "");
        committees.draw(committeeId, type(uint256).max);
        return committees.jurors(committeeId);
    }

    /// @notice So many of the five seats saw the hits repeat, so many did not; the rest stay silent.
    function hear(uint256 blameId, uint256 repeated, uint256 not) internal {
        uint256 id = blames.blameOf(blameId).committeeId;
        address[] memory seated = draw(id);
        for (uint256 i = 0; i < repeated + not; ++i) {
            bytes32 hash = keccak256(
                abi.encode(block.chainid, address(committees), id, seated[i], vote(i < repeated), bytes32(0), SALT)
            );
            vm.prank(seated[i]);
            committees.commitVote(id, hash);
        }
        Committee memory it = committees.committee(id);
        vm.warp(it.voteBy + 1);
        for (uint256 i = 0; i < repeated + not; ++i) {
            vm.prank(seated[i]);
            committees.revealVote(id, vote(i < repeated), SALT, 0, "");
        }
        vm.warp(it.revealBy + 1);
        committees.count(id);
    }

    function vote(bool repeated) internal pure returns (uint8) {
        return uint8(repeated ? Finding.REPEATED : Finding.NOT_REPEATED);
    }

    function close(uint256 blameId) internal {
        Blame memory it = blames.blameOf(blameId);
        if (block.timestamp <= it.appealBy) vm.warp(it.appealBy + 1);
        closeNow(blameId);
    }

    function closeNow(uint256 blameId) internal {
        blames.close(blameId, VERIFIER, opening, one(baitLicense), one(2));
    }

    /// @notice Heard, decided, closed.
    function settle(uint256 blameId, uint256 repeated, uint256 not) internal {
        hear(blameId, repeated, not);
        blames.decide(blameId);
        close(blameId);
    }

    /// @notice Every contract holds exactly what its own books say.
    function checkSolvent() internal view {
        bool isOpen = court.claim(claimId).state == ClaimState.BLAMED;
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER) + (isOpen ? court.claim(claimId).bond : 0));
        eq(token.balanceOf(address(titles)), titles.titleBondOf(bait).bond);
        eq(token.balanceOf(address(committees)), committees.accounted());
        eq(token.balanceOf(address(blames)), blames.accounted());
        eq(token.balanceOf(address(licenses)), accountOf(HOST).bond + licenses.leakBondOf(baitLicense));
    }
}
