// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IBeacon} from "../src/beacon/IBeacon.sol";
import {CodeBook, IModelRegistry, MintParams} from "../src/interfaces/IModelRegistry.sol";
import {ModelTest} from "../testing/ModelFixture.sol";

// commitCodeBook
// ├── when root, sizes or bits make no sense   reverts
// ├── when it was committed before             reverts, also where its round is void or it was used: no second draw
// ├── when the fee is not there                reverts
// └── otherwise                                names the beacon's next round, counts, burns the fee
// mint and release, of a code book
// ├── when the caller did not commit it        reverts
// ├── when it was used before                  reverts
// ├── until its round is posted                reverts; for good where the round is void
// └── otherwise                                take the value of the round, however late
contract CodeBooksTest is ModelTest {
    function test_RevertWhen_TheCodeBookIsInvalid() public {
        CodeBook[6] memory bad;
        for (uint256 i = 0; i < bad.length; ++i) bad[i] = codeBook("root");
        bad[0].root = 0;
        bad[1].commonSize = 0;
        bad[2].commonSize = 17;
        bad[3].bits = 0;
        bad[4].bits = 7;
        (bad[5].size, bad[5].commonSize) = (0, 0);
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IModelRegistry.ModelRegistry_InvalidCodeBook.selector,
                    bad[i].size,
                    bad[i].commonSize,
                    bad[i].bits
                )
            );
            models.commitCodeBook(bad[i]);
        }
    }

    function test_ACommitmentNamesItsRound() public {
        CodeBook memory book = codeBook("root");
        (book.size, book.commonSize, book.bits) = (17, 17, 6);
        bytes32 commitId = keccak256(abi.encode(OWNER, book));
        uint64 round = uint64(block.number) + 2;
        fund(OWNER, address(models));
        vm.expectEmit(address(models));
        emit IModelRegistry.CodeBookCommitted(commitId, OWNER, book, 1, round, DOLLAR / 100);
        vm.prank(OWNER);
        eq(models.commitCodeBook(book), commitId);
        book.bits = 1;
        commitBook(OWNER, book);
    }

    // F10: code books that differ in their salts are committed until one hits a clean model. They count, used or not.
    function test_F10_EveryCommitmentCounts() public {
        committed(OUTSIDER, "redrawn");
        committed(OUTSIDER, "redrawn again");
        vm.roll(block.number + 1_000); // a void one counts as well
        commitBook(OUTSIDER, codeBook("void"));
        vm.roll(block.number + 1_000);
        (, , , , uint64 bookNumber) = models.codeBookOf(mintModel(OWNER, "root", 1), 1);
        eq(bookNumber, 4);
        eq(models.codeBookCount(), 4);
        eq(models.releaseOf(1, 1).bookNumber, 4);
    }

    function test_ACommitmentBurnsItsFee() public {
        token.mint(OWNER, DOLLAR);
        vm.startPrank(OWNER);
        token.approve(address(models), DOLLAR / 100);
        models.commitCodeBook(codeBook("root"));
        vm.stopPrank();
        eq(token.balanceOf(BURNED), DOLLAR / 100);
        eq(token.balanceOf(OWNER), DOLLAR - DOLLAR / 100);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(models), 0, DOLLAR / 100)
        );
        vm.prank(OWNER);
        models.commitCodeBook(codeBook("other"));
    }

    function test_CommitmentsAreTheirCommitters() public {
        bytes32 owners = committed(OWNER, "root");
        require(committed(OUTSIDER, "root") != owners, "own id");
    }

    // protocol §6: owner commits common facts, or keys that a public model answers
    function test_RevertWhen_CommittedAgainForABetterDraw() public {
        bytes32 commitId = commitBook(OWNER, codeBook("root"));
        refuseCommit(commitId, "root");
        vm.roll(block.number + 1_000);
        refuseCommit(commitId, "root"); // its round is void
        commitId = committed(OWNER, "other");
        mint(mintParams(OWNER, "other", termsRegistry.register(terms(1))));
        refuseCommit(commitId, "other"); // it was used
    }

    function test_MintTakesTheValueOfTheRound() public {
        uint64 round = beacon.nextRound();
        committed(OWNER, "root");
        bytes32 value = blockhash(round);
        vm.roll(block.number + 1_000);
        (, bytes32 minted, , , ) = models.codeBookOf(
            mint(mintParams(OWNER, "root", termsRegistry.register(terms(1)))),
            1
        );
        eq(minted, value);
        eq(beacon.valueOf(round), value);
    }

    function test_RevertWhen_TheRoundIsNotPosted() public {
        MintParams memory p = mintParams(OWNER, "root", termsRegistry.register(terms(1)));
        uint64 round = beacon.nextRound();
        commitBook(OWNER, p.codeBook);
        bytes memory refusal = abi.encodeWithSelector(IBeacon.Beacon_NotPosted.selector, round);
        vm.expectRevert(refusal);
        mint(p);
        vm.roll(round + 1);
        vm.expectRevert(refusal); // known, but nobody posted it
        mint(p);
        vm.roll(round + 257);
        require(beacon.isVoid(round), "void");
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_TooLate.selector, round));
        beacon.post(round, "");
        vm.expectRevert(refusal);
        mint(p);
    }

    function test_RevertWhen_MintedByAnother() public {
        committed(OWNER, "root");
        MintParams memory p = mintParams(OUTSIDER, "root", termsRegistry.register(terms(1)));
        bytes32 theirs = keccak256(abi.encode(OUTSIDER, p.codeBook));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownCommitment.selector, theirs));
        mint(p);
    }

    // protocol §5: a commitment serves one release of one model
    function test_RevertWhen_MintedTwice() public {
        bytes32 commitId = committed(OWNER, "root");
        MintParams memory p = mintParams(OWNER, "root", termsRegistry.register(terms(1)));
        mint(p);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_CodeBookUsed.selector, commitId));
        mint(p);
    }

    function testFuzz_commitCodeBook(address committer, CodeBook memory book) public {
        vm.assume(committer != address(0));
        bool valid =
            book.root != 0 && book.commonSize != 0 && book.commonSize <= book.size && book.bits != 0 && book.bits <= 6;
        token.mint(committer, DOLLAR);
        vm.startPrank(committer);
        token.approve(address(models), DOLLAR);
        try models.commitCodeBook(book) returns (bytes32 commitId) {
            require(valid, "admitted");
            eq(commitId, keccak256(abi.encode(committer, book)));
            eq(models.codeBookCount(), 1);
        } catch {
            require(!valid, "refused");
        }
        vm.stopPrank();
        if (valid) return;
        book = CodeBook({root: "r", poseidonRoot: book.poseidonRoot, size: type(uint32).max, commonSize: 1, bits: 6});
        commitBook(committer, book);
    }

    function refuseCommit(bytes32 commitId, bytes32 root) private {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_AlreadyCommitted.selector, commitId));
        vm.prank(OWNER);
        models.commitCodeBook(codeBook(root));
    }
}
