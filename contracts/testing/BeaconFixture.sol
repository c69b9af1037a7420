// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DrandBeacon} from "../src/beacon/DrandBeacon.sol";
import {DrandChain, DrandWindows} from "../src/beacon/IDrandBeacon.sol";
import {HashToG1} from "../src/beacon/HashToG1.sol";
import {Actors} from "./Actors.sol";

/// @notice drand's quicknet and a chain whose key everybody knows, both of which verify; rounds come from vectors.json.
abstract contract BeaconFixture is Actors {
    struct Round {
        uint64 number;
        bytes proof;
        bytes signature; // compressed
        bytes32 value;
    }

    uint64 internal constant DELAY = 30 minutes;
    uint64 internal constant BACKDATING = 15;
    uint64 internal constant WINDOW = 14 days;
    string internal constant OWN = ".beacon.own";
    string internal constant QUICKNET = ".beacon.quicknet";

    string internal json;

    function loadVectors() internal {
        json = vm.readFile("test/vectors.json");
    }

    /// @notice The chain of our own starts with Unix time and has a round a second: round r at r.
    function ownChain() internal view returns (DrandChain memory) {
        return DrandChain({key: keyAt(OWN), genesis: 1, period: 1});
    }

    function quicknet() internal view returns (DrandChain memory chain) {
        chain.key = keyAt(QUICKNET);
        chain.genesis = uint64(vm.parseJsonUint(json, string.concat(QUICKNET, ".genesis")));
        chain.period = uint64(vm.parseJsonUint(json, string.concat(QUICKNET, ".period")));
    }

    function windows() internal pure returns (DrandWindows memory) {
        return DrandWindows({delay: DELAY, backdating: BACKDATING, postWindow: WINDOW});
    }

    function deployOwn() internal returns (DrandBeacon) {
        Round memory shown = roundAt(OWN, 0);
        return new DrandBeacon(ownChain(), windows(), shown.number, shown.proof);
    }

    function deployQuicknet() internal returns (DrandBeacon) {
        Round memory shown = roundAt(QUICKNET, 1);
        return new DrandBeacon(quicknet(), windows(), shown.number, shown.proof);
    }

    function keyAt(string memory chain) internal view returns (bytes32[8] memory) {
        return abi.decode(vm.parseJsonBytes(json, string.concat(chain, ".key")), (bytes32[8]));
    }

    function roundAt(string memory chain, uint256 index) internal view returns (Round memory) {
        return readRound(string.concat(chain, ".rounds[", vm.toString(index), "]"));
    }

    function readRound(string memory path) internal view returns (Round memory round) {
        round.number = uint64(vm.parseJsonUint(json, string.concat(path, ".round")));
        round.proof = vm.parseJsonBytes(json, string.concat(path, ".proof"));
        round.signature = vm.parseJsonBytes(json, string.concat(path, ".signature"));
        round.value = vm.parseJsonBytes32(json, string.concat(path, ".value"));
    }

    /// @notice The signature of any round of our own chain, by the precompile that multiplies.
    function sign(uint64 round) internal view returns (bytes memory proof) {
        return
            multiply(HashToG1.hash(sha256(abi.encodePacked(round))), vm.parseJsonBytes32(json, ".beacon.own.secret"));
    }

    function multiply(bytes memory point, bytes32 scalar) internal view returns (bytes memory) {
        (bool done, bytes memory product) = address(0x0c).staticcall(bytes.concat(point, scalar));
        require(done && product.length == 128, "not multiplied");
        return product;
    }
}
