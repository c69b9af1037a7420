// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {LeafEvidence, Receipt} from "../src/interfaces/IClaimCourt.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {Candidates} from "../src/libraries/Candidates.sol";
import {Evidence} from "../src/libraries/Evidence.sol";
import {StrictSignature} from "../src/libraries/StrictSignature.sol";
import {Check} from "../testing/Check.sol";

/// @notice The libraries take calldata: this lets a test hand them memory.
contract Hashes {
    function structHash(Receipt calldata receipt) external pure returns (bytes32) {
        return Evidence.structHash(receipt);
    }

    function codeBookLeaf(LeafEvidence calldata leaf) external pure returns (bytes32) {
        return Evidence.codeBookLeaf(leaf);
    }

    function isList(bytes32[] calldata candidates) external pure returns (bool) {
        return Candidates.isList(candidates);
    }

    function signerOf(bytes32 digest, bytes calldata signature) external pure returns (address) {
        return StrictSignature.signerOf(digest, signature);
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
        bytes32 structHash = keccak256(abi.encode(keccak256("SignerBinding(address account)"), addressAt(".binding.account")));
        bytes32 digest = typed(number(".receipt.chainId"), addressAt(".binding.registry"), structHash);
        eq(hashes.signerOf(digest, vm.parseJsonBytes(json, ".binding.signature")), addressAt(".binding.signer"));
    }

    function test_RequestNonce() public view {
        eq(Evidence.requestNonce(addressAt(".requestNonce.claimant"), word(".requestNonce.salt")), word(".requestNonce.nonce"));
    }

    function test_PaymentRef() public view {
        bytes32 expected = word(".payment.paymentRef");
        eq(keccak256(abi.encode("exact", addressAt(".payment.token"), addressAt(".payment.from"), word(".payment.nonce"))), expected);
    }

    function test_Anchor() public view {
        bytes32 leaf = Evidence.anchorLeaf(word(".anchor.digest"));
        require(MerkleProof.verify(words(".anchor.proof"), word(".anchor.root"), leaf), "anchor proof");
    }

    function test_Batch() public view {
        BatchOpening memory opening = BatchOpening({
            account: addressAt(".batch.account"),
            modelId: number(".batch.modelId"),
            pairsRoot: word(".batch.pairsRoot"),
            itemCount: number(".batch.itemCount"),
            salt: word(".batch.salt")
        });
        bytes32 batchId = Evidence.batchId(addressAt(".batch.verifier"), opening);
        eq(batchId, word(".batch.batchId"));
        uint256 index = number(".batch.index");
        bytes32 leaf = Evidence.pairLeaf(index, addressAt(".batch.client"), word(".batch.requestNonce"));
        require(MerkleProof.verify(words(".batch.proof"), opening.pairsRoot, leaf), "pair proof");
        eq(Evidence.keyIndexAt(word(".batch.beacon"), batchId, index, number(".batch.commonSize")), number(".batch.keyIndex"));
    }

    function test_CodeBook() public view {
        LeafEvidence memory leaf = LeafEvidence({
            index: number(".codeBook.index"),
            keyHash: word(".codeBook.keyHash"),
            candidates: words(".codeBook.candidates"),
            bits: uint8(number(".codeBook.bits")),
            salt: word(".codeBook.salt"),
            proof: words(".codeBook.proof")
        });
        bytes32 hash = hashes.codeBookLeaf(leaf);
        eq(hash, word(".codeBook.leafHash"));
        require(MerkleProof.verify(leaf.proof, word(".codeBook.root"), hash), "leaf proof");
        eq(Evidence.answerIndex(word(".codeBook.beacon"), leaf.salt, leaf.keyHash, leaf.bits), number(".codeBook.answerIndex"));
    }

    function test_Heads() public view {
        for (uint256 i = 0; i < 7; ++i) {
            string memory path = string.concat(".heads[", vm.toString(i), "]");
            bool matches = Candidates.startsWith(word(string.concat(path, ".head")), word(string.concat(path, ".candidate")));
            require(matches == vm.parseJsonBool(json, string.concat(path, ".matches")), path);
        }
    }

    function test_CandidateLists() public view {
        for (uint256 i = 0; i < 7; ++i) {
            string memory path = string.concat(".candidateLists[", vm.toString(i), "]");
            bool valid = hashes.isList(words(string.concat(path, ".candidates")));
            require(valid == vm.parseJsonBool(json, string.concat(path, ".valid")), path);
        }
    }

    /// @notice The bit trick of `Candidates.length` against the plain loop.
    function testFuzz_Length(bytes32 text, uint8 zeroAt) public pure {
        text &= ~(bytes32(uint256(0xff)) << (8 * (zeroAt % 32)));
        uint256 plain = 0;
        while (plain < 32 && text[plain] != 0) ++plain;
        eq(Candidates.length(text), plain);
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
        bytes32 domainType = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domain = keccak256(abi.encode(domainType, keccak256("OML"), keccak256("1"), chainId, verifyingContract));
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
