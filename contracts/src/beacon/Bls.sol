// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title BLS12-381 by the precompiles of EIP-2537. A coordinate is 64 bytes of which the first 16 are zero, a point of
/// G1 two of them, one of G2 four. Where a precompile is missing or refuses its input, the answer is empty.
library Bls {
    uint256 private constant G1_LENGTH = 128;
    /// @dev A precompile that refuses its input burns the gas of the call. The dearest here asks for 102,900.
    uint256 private constant MOST_GAS = 1_000_000;

    address private constant MODEXP = address(0x05);
    address private constant G1ADD = address(0x0b);
    address private constant PAIRING = address(0x0f);
    address private constant MAP_FP_TO_G1 = address(0x10);

    /// @dev The modulus p, and (p - 1) / 2, in two words each.
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;

    /// @dev The generator of G2, negated.
    bytes private constant MINUS_G2 =
        hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051"
        hex"c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65"
        hex"596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bc"
        hex"b679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa"
        hex"0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d"
        hex"993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";

    /// @notice Is e(signature, G2) = e(hashed, key)? The pairing checks curve and subgroup of all four itself. No for
    /// anything malformed.
    function verifies(bytes memory signature, bytes memory hashed, bytes memory key) internal view returns (bool) {
        bytes memory answer = _call(PAIRING, bytes.concat(signature, MINUS_G2, hashed, key));
        return answer.length == 32 && abi.decode(answer, (uint256)) == 1;
    }

    /// @notice An element of the field onto a point of the subgroup.
    function map(bytes memory element) internal view returns (bytes memory) {
        return _call(MAP_FP_TO_G1, element);
    }

    function add(bytes memory a, bytes memory b) internal view returns (bytes memory) {
        return _call(G1ADD, bytes.concat(a, b));
    }

    /// @notice 64 bytes, big endian, modulo p.
    function reduce(bytes32 high, bytes32 low) internal view returns (bytes memory) {
        uint256 size = 64;
        bytes memory input = abi.encode(size, 1, size, high, low);
        return _call(MODEXP, abi.encodePacked(input, uint8(1), P_HIGH, P_LOW));
    }

    /// @notice Two coordinates below p: what is larger would be a second way to write the same point.
    function isCanonical(bytes calldata point) internal pure returns (bool) {
        if (point.length != G1_LENGTH) return false;
        (uint256 xHigh, uint256 xLow, uint256 yHigh, uint256 yLow) = _words(point);
        return _isBelow(xHigh, xLow, P_HIGH, P_LOW) && _isBelow(yHigh, yLow, P_HIGH, P_LOW);
    }

    /// @notice 48 bytes as drand writes them: x, with a bit that says "compressed" and one for the larger y.
    function compress(bytes calldata point) internal pure returns (bytes memory) {
        (, , uint256 yHigh, uint256 yLow) = _words(point);
        bytes1 flags = _isBelow(HALF_HIGH, HALF_LOW, yHigh, yLow) ? bytes1(0xa0) : bytes1(0x80);
        return abi.encodePacked(point[16] | flags, point[17:64]);
    }

    function _words(bytes calldata point) private pure returns (uint256, uint256, uint256, uint256) {
        return abi.decode(point, (uint256, uint256, uint256, uint256));
    }

    function _isBelow(uint256 high, uint256 low, uint256 otherHigh, uint256 otherLow) private pure returns (bool) {
        return high < otherHigh || (high == otherHigh && low < otherLow);
    }

    /// @dev Empty, too, at an address without code: there a call succeeds and answers nothing.
    function _call(address precompile, bytes memory input) private view returns (bytes memory) {
        (bool done, bytes memory answer) = precompile.staticcall{gas: MOST_GAS}(input);
        return done ? answer : bytes("");
    }
}
