// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CodeBook, IModelRegistry, MintParams} from "../src/interfaces/IModelRegistry.sol";
import {ModelTest} from "../testing/ModelFixture.sol";

// commitCodeBook
// ├── when root, sizes or bits make no sense   reverts
// ├── when it was committed before             reverts, also where its beacon was missed or used: no second draw
// └── otherwise                                names a block in the future; the id is the committer's own
// drawBeacon
// ├── when nobody committed it                 reverts
// ├── before the beacon block is mined         reverts
// ├── within 256 blocks                        keeps the hash, and answers the same ever after
// └── later                                    reverts: the commitment is dead
// mint and release, of a code book
// ├── when the caller did not commit it        reverts
// ├── when it was used before                  reverts
// ├── when its beacon was drawn                take that one, however late
// └── otherwise                                draw it themselves, by the same rules
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

    function test_ACommitmentNamesItsBeaconBlock() public {
        CodeBook memory book = codeBook("root");
        (book.size, book.commonSize, book.bits) = (17, 17, 6);
        bytes32 commitId = keccak256(abi.encode(OWNER, book));
        vm.expectEmit(address(models));
        emit IModelRegistry.CodeBookCommitted(commitId, OWNER, book, block.number + 2);
        vm.prank(OWNER);
        eq(models.commitCodeBook(book), commitId);
        book.bits = 1;
        models.commitCodeBook(book);
    }

    function test_CommitmentsAreTheirCommitters() public {
        bytes32 owners = committed(OWNER, "root");
        require(committed(OUTSIDER, "root") != owners, "own id");
    }

    // protocol §6: owner commits common facts, or keys that a public model answers
    function test_RevertWhen_CommittedAgainForABetterDraw() public {
        bytes32 commitId = committed(OWNER, "root");
        refuseCommit(commitId);
        vm.roll(block.number + 1_000); // the beacon was missed
        refuseCommit(commitId);
        committed(OWNER, "other");
        mint(mintParams(OWNER, "other", termsRegistry.register(terms(1)))); // used
        refuseCommit(keccak256(abi.encode(OWNER, codeBook("other"))));
    }

    function test_RevertWhen_TheCommitmentIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownCommitment.selector, bytes32("x")));
        models.drawBeacon("x");
    }

    function test_RevertWhen_DrawnTooEarly() public {
        uint256 beaconBlock = block.number + 2;
        bytes32 commitId = models.commitCodeBook(codeBook("root"));
        vm.roll(beaconBlock);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_BeaconNotReady.selector, beaconBlock));
        models.drawBeacon(commitId);
        vm.roll(beaconBlock + 1);
        models.drawBeacon(commitId);
    }

    function test_RevertWhen_DrawnTooLate() public {
        uint256 beaconBlock = block.number + 2;
        bytes32 commitId = models.commitCodeBook(codeBook("root"));
        vm.roll(beaconBlock + 257);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_BeaconMissed.selector, beaconBlock));
        models.drawBeacon(commitId);
        vm.roll(beaconBlock + 256);
        models.drawBeacon(commitId);
    }

    function test_ABeaconIsDrawnOnce() public {
        uint256 beaconBlock = block.number + 2;
        bytes32 commitId = committed(OWNER, "root");
        eq(models.beaconOf(commitId), 0);
        vm.expectEmit(address(models));
        emit IModelRegistry.BeaconDrawn(commitId, blockhash(beaconBlock));
        bytes32 beacon = models.drawBeacon(commitId);
        eq(beacon, blockhash(beaconBlock));
        vm.roll(block.number + 1_000);
        eq(models.drawBeacon(commitId), beacon);
        eq(models.beaconOf(commitId), beacon);
    }

    function test_MintDrawsWhatNobodyDrew() public {
        uint256 beaconBlock = block.number + 2;
        bytes32 commitId = committed(OWNER, "root");
        bytes32 drawn = blockhash(beaconBlock);
        MintParams memory p = mintParams(OWNER, "root", termsRegistry.register(terms(1)));
        vm.expectEmit(address(models));
        emit IModelRegistry.BeaconDrawn(commitId, drawn);
        (, bytes32 beacon, , ) = models.codeBookOf(mint(p), 1);
        eq(beacon, drawn);
    }

    function test_MintTakesTheBeaconThatWasDrawn() public {
        bytes32 beacon = models.drawBeacon(committed(OWNER, "root"));
        vm.roll(block.number + 1_000);
        (, bytes32 minted, , ) = models.codeBookOf(
            mint(mintParams(OWNER, "root", termsRegistry.register(terms(1)))),
            1
        );
        eq(minted, beacon);
    }

    function test_RevertWhen_MintedBeforeTheBeacon() public {
        MintParams memory p = mintParams(OWNER, "root", termsRegistry.register(terms(1)));
        uint256 beaconBlock = block.number + 2;
        vm.prank(OWNER);
        models.commitCodeBook(p.codeBook);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_BeaconNotReady.selector, beaconBlock));
        mint(p);
        vm.roll(beaconBlock + 257);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_BeaconMissed.selector, beaconBlock));
        mint(p);
    }

    function test_RevertWhen_MintedByAnother() public {
        committed(OWNER, "root");
        MintParams memory p = mintParams(OUTSIDER, "root", termsRegistry.register(terms(1)));
        bytes32 theirs = keccak256(abi.encode(OUTSIDER, p.codeBook));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownCommitment.selector, theirs));
        mint(p);
    }

    function test_RevertWhen_MintedTwice() public {
        bytes32 commitId = committed(OWNER, "root");
        MintParams memory p = mintParams(OWNER, "root", termsRegistry.register(terms(1)));
        mint(p);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_CodeBookUsed.selector, commitId));
        mint(p);
    }

    function testFuzz_commitCodeBook(address committer, CodeBook memory book) public {
        bool valid =
            book.root != 0 && book.commonSize != 0 && book.commonSize <= book.size && book.bits != 0 && book.bits <= 6;
        vm.prank(committer);
        try models.commitCodeBook(book) returns (bytes32 commitId) {
            require(valid, "admitted");
            eq(commitId, keccak256(abi.encode(committer, book)));
        } catch {
            require(!valid, "refused");
        }
        if (valid) return;
        book = CodeBook({root: "r", poseidonRoot: book.poseidonRoot, size: type(uint32).max, commonSize: 1, bits: 6});
        models.commitCodeBook(book);
    }

    function testFuzz_drawBeacon(uint256 blocks) public {
        blocks = bound(blocks, 0, 400);
        uint256 beaconBlock = block.number + 2;
        bytes32 commitId = models.commitCodeBook(codeBook("root"));
        vm.roll(block.number + blocks);
        bool inReach = block.number > beaconBlock && block.number <= beaconBlock + 256;
        try models.drawBeacon(commitId) returns (bytes32 beacon) {
            require(inReach, "drawn out of reach");
            eq(beacon, blockhash(beaconBlock));
        } catch {
            require(!inReach, "refused in reach");
            eq(models.beaconOf(commitId), 0);
        }
    }

    function refuseCommit(bytes32 commitId) private {
        CodeBook memory book =
            commitId == keccak256(abi.encode(OWNER, codeBook("root"))) ? codeBook("root") : codeBook("other");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_AlreadyCommitted.selector, commitId));
        vm.prank(OWNER);
        models.commitCodeBook(book);
    }
}
