// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Receipts} from "../src/court/Receipts.sol";
import {Offence, Receipt} from "../src/interfaces/Claims.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {Answer} from "../src/libraries/Answer.sol";
import {BatchDraw} from "../src/libraries/BatchDraw.sol";
import {Booked} from "../src/libraries/Booked.sol";
import {Candidates} from "../src/libraries/Candidates.sol";
import {Leaves} from "../src/libraries/Leaves.sol";
import {ReceiptHash} from "../src/libraries/ReceiptHash.sol";
import {Score} from "../src/libraries/Score.sol";
import {StrictSignature} from "../src/libraries/StrictSignature.sol";
import {Check} from "../testing/Check.sol";

/// @notice The libraries take calldata: this lets a test hand them memory.
contract Hashes {
    function structHash(Receipt calldata receipt) external pure returns (bytes32) {
        return ReceiptHash.structHash(receipt);
    }

    function batchId(address verifier, BatchOpening calldata opening) external pure returns (bytes32) {
        return BatchDraw.batchId(verifier, opening);
    }

    function check(
        bytes calldata packed,
        uint256 count,
        uint256 selected,
        bytes32 head
    ) external pure returns (bool, bool) {
        return Candidates.check(packed, count, selected, head);
    }

    function signerOf(bytes32 digest, bytes calldata signature) external pure returns (address) {
        return StrictSignature.signerOf(digest, signature);
    }

    function isBooked(address vault, uint256 floorPrice, Receipt calldata receipt) external view returns (bool) {
        return Booked.isBooked(vault, floorPrice, receipt);
    }
}

/// @notice As much of a vault as `Booked` asks: one booking.
contract OneBooking {
    address private immutable _client;
    uint256 private immutable _total;

    constructor(address client, uint256 total) {
        (_client, _total) = (client, total);
    }

    function booked(bytes32, address client) external view returns (uint256 total) {
        return client == _client ? _total : 0;
    }
}

/// @notice Solidity and packages/protocol agree byte for byte: test/vectors.json, written by scripts/make-vectors.mjs.
contract VectorsTest is Check {
    Hashes private hashes;
    string private json;

    function setUp() public {
        hashes = new Hashes();
        json = vm.readFile("test/vectors.json");
    }

    function test_Receipt() public view {
        bytes32 structHash = hashes.structHash(
            Receipt({
                licenseId: number(".receipt.licenseId"),
                client: addressAt(".receipt.client"),
                requestNonce: word(".receipt.requestNonce"),
                queryHash: word(".receipt.queryHash"),
                head: word(".receipt.head"),
                responseHash: word(".receipt.responseHash"),
                paymentRef: word(".receipt.paymentRef"),
                amount: number(".receipt.amount"),
                cumulative: number(".receipt.cumulative"),
                answeredAt: number(".receipt.answeredAt")
            })
        );
        bytes32 digest = typed(number(".receipt.chainId"), addressAt(".receipt.court"), structHash);
        eq(digest, word(".receipt.digest"));
        eq(hashes.signerOf(digest, vm.parseJsonBytes(json, ".receipt.signature")), addressAt(".receipt.signer"));
    }

    function test_SignerBinding() public view {
        bytes32 structHash = keccak256(
            abi.encode(keccak256("SignerBinding(address account)"), addressAt(".binding.account"))
        );
        bytes32 digest = typed(number(".receipt.chainId"), addressAt(".binding.registry"), structHash);
        eq(hashes.signerOf(digest, vm.parseJsonBytes(json, ".binding.signature")), addressAt(".binding.signer"));
    }

    function test_RequestNonce() public view {
        eq(
            ReceiptHash.requestNonce(addressAt(".requestNonce.claimant"), word(".requestNonce.salt")),
            word(".requestNonce.nonce")
        );
    }

    function test_PaymentRef() public view {
        bytes32 expected = word(".payment.paymentRef");
        eq(
            keccak256(
                abi.encode("exact", addressAt(".payment.token"), addressAt(".payment.from"), word(".payment.nonce"))
            ),
            expected
        );
    }

    function test_Anchor() public view {
        bytes32 leaf = Leaves.anchorLeaf(word(".anchor.digest"));
        eq(leaf, word(".anchor.leaf"));
        require(MerkleProof.verify(words(".anchor.proof"), word(".anchor.root"), leaf), "anchor proof");
    }

    function test_Batch() public view {
        BatchOpening memory opening = BatchOpening({
            account: addressAt(".batch.account"),
            modelId: number(".batch.modelId"),
            release: uint32(number(".batch.release")),
            licenseIds: vm.parseJsonUintArray(json, ".batch.licenseIds"),
            itemCount: uint32(number(".batch.itemCount")),
            pairsRoot: word(".batch.pairsRoot"),
            salt: word(".batch.salt")
        });
        bytes32 batchId = hashes.batchId(addressAt(".batch.verifier"), opening);
        eq(batchId, word(".batch.batchId"));
        uint256 index = number(".batch.index");
        bytes32 leaf = Leaves.pairLeaf(index, addressAt(".batch.client"), word(".batch.requestNonce"));
        eq(leaf, word(".batch.leaf"));
        require(MerkleProof.verify(words(".batch.proof"), opening.pairsRoot, leaf), "pair proof");
        eq(
            BatchDraw.keyIndexAt(word(".batch.beacon"), batchId, index, number(".batch.commonSize")),
            number(".batch.keyIndex")
        );
    }

    function test_CodeBook() public view {
        bytes32 keyHash = word(".codeBook.keyHash");
        bytes32 salt = word(".codeBook.salt");
        uint8 bits = uint8(number(".codeBook.bits"));
        bytes memory packed = vm.parseJsonBytes(json, ".codeBook.candidates");
        eq(keccak256(packed), word(".codeBook.candidatesHash"));
        (bool valid, ) = hashes.check(packed, uint256(1) << bits, 0, 0);
        require(valid, "candidates");
        bytes32 leaf = Leaves.codeBookLeaf(number(".codeBook.index"), keyHash, keccak256(packed), bits, salt);
        eq(leaf, word(".codeBook.leafHash"));
        require(MerkleProof.verify(words(".codeBook.proof"), word(".codeBook.root"), leaf), "leaf proof");
        eq(
            Answer.answerIndex(
                word(".codeBook.beacon"),
                word(".codeBook.root"),
                number(".codeBook.index"),
                salt,
                keyHash,
                bits
            ),
            number(".codeBook.answerIndex")
        );
    }

    function test_Claim() public view {
        bytes32[] memory one = new bytes32[](1);
        one[0] = word(".claim.digest");
        bytes32[] memory two = new bytes32[](2);
        (two[0], two[1]) = (one[0], word(".claim.witness"));
        eq(keccak256(abi.encode(Offence.UNPAID_USE, one)), word(".claim.unpaidUse"));
        eq(keccak256(abi.encode(Offence.UNPAID_USE, two)), word(".claim.unpaidUses"));
        eq(Receipts.claimIdOf(one), word(".claim.claimId"));
        eq(Receipts.claimIdOf(two), word(".claim.claimIdOfTwo"));
        eq(
            keccak256(abi.encode(Offence.EQUIVOCATION, word(".claim.digest"), word(".claim.witness"))),
            word(".claim.equivocation")
        );
        uint32 itemCount = uint32(number(".claim.itemCount"));
        bytes32 contents = keccak256(abi.encode(Offence.DISGUISED_USE, word(".claim.batch"), itemCount));
        eq(contents, word(".claim.disguisedUse"));
        uint256 chainId = number(".receipt.chainId");
        address claimant = addressAt(".claim.claimant");
        bytes32 expected = keccak256(
            abi.encode(chainId, addressAt(".receipt.court"), claimant, contents, word(".claim.salt"))
        );
        eq(expected, word(".claim.commitment"));
    }

    function test_Heads() public view {
        for (uint256 i = 0; i < 7; ++i) {
            string memory path = string.concat(".heads[", vm.toString(i), "]");
            bytes memory packed = vm.parseJsonBytes(json, string.concat(path, ".packed"));
            (bool valid, bool matches) = hashes.check(packed, 1, 0, word(string.concat(path, ".head")));
            require(valid && matches == vm.parseJsonBool(json, string.concat(path, ".matches")), path);
        }
    }

    function test_CandidateLists() public view {
        for (uint256 i = 0; i < 7; ++i) {
            string memory path = string.concat(".candidateLists[", vm.toString(i), "]");
            bytes memory packed = vm.parseJsonBytes(json, string.concat(path, ".packed"));
            (bool valid, ) = hashes.check(packed, number(string.concat(path, ".count")), 0, 0);
            require(valid == vm.parseJsonBool(json, string.concat(path, ".valid")), path);
        }
    }

    function test_Booked() public {
        for (uint256 i = 0; i < 10; ++i) {
            string memory path = string.concat(".booked[", vm.toString(i), "]");
            Receipt memory r;
            r.paymentRef = word(string.concat(path, ".paymentRef"));
            r.client = addressAt(string.concat(path, ".client"));
            r.amount = number(string.concat(path, ".amount"));
            r.cumulative = number(string.concat(path, ".cumulative"));
            address vault =
                vm.parseJsonBool(json, string.concat(path, ".hasCode"))
                    ? address(
                        new OneBooking(
                            addressAt(string.concat(path, ".bookedClient")),
                            number(string.concat(path, ".bookedTotal"))
                        )
                    )
                    : address(0xdead);
            bool isBooked = hashes.isBooked(vault, number(string.concat(path, ".floorPrice")), r);
            require(isBooked == vm.parseJsonBool(json, string.concat(path, ".isBooked")), path);
        }
    }

    function test_Score() public view {
        for (uint256 i = 0; i < 5; ++i) {
            string memory path = string.concat(".score[", vm.toString(i), "]");
            int256 score = Score.batchScore(
                number(string.concat(path, ".hits")),
                number(string.concat(path, ".items")),
                Score.hitPoints(uint8(number(string.concat(path, ".bits"))), number(string.concat(path, ".licenses")))
            );
            require(score == vm.parseJsonInt(json, string.concat(path, ".score")), path);
        }
    }

    /// @notice Only 65 bytes, v 27 or 28 and a low s are a signature.
    function testFuzz_StrictSignature(bytes32 digest, uint256 key, uint8 wrongV) public view {
        key = bound(key, 1, 1 << 250);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        eq(hashes.signerOf(digest, abi.encodePacked(r, s, v)), vm.addr(key));
        eq(hashes.signerOf(digest, abi.encodePacked(r, s)), address(0));
        eq(hashes.signerOf(digest, abi.encodePacked(r, s, v, uint8(0))), address(0));
        eq(hashes.signerOf(digest, abi.encodePacked(r, s, v - 27)), address(0));
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        eq(hashes.signerOf(digest, abi.encodePacked(r, bytes32(order - uint256(s)), uint8(55 - v))), address(0));
        if (wrongV != 27 && wrongV != 28) eq(hashes.signerOf(digest, abi.encodePacked(r, s, wrongV)), address(0));
    }

    function typed(uint256 chainId, address verifyingContract, bytes32 structHash) private pure returns (bytes32) {
        bytes32 domainType = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        );
        bytes32 domain = keccak256(
            abi.encode(domainType, keccak256("OML"), keccak256("1"), chainId, verifyingContract)
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function word(string memory path) private view returns (bytes32) {
        return vm.parseJsonBytes32(json, path);
    }

    function words(string memory path) private view returns (bytes32[] memory) {
        return vm.parseJsonBytes32Array(json, path);
    }

    function number(string memory path) private view returns (uint256) {
        return vm.parseJsonUint(json, path);
    }

    function addressAt(string memory path) private view returns (address) {
        return vm.parseJsonAddress(json, path);
    }
}
