// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

/// @title What stands in the code of a vault: its license, in two words.
library VaultArgs {
    /// @notice `licenseId < 2^96`, `modelId < 2^64`.
    function encode(
        address registry,
        uint256 licenseId,
        address account,
        uint256 modelId,
        uint32 termsId
    ) internal pure returns (bytes memory) {
        uint256 first = (uint256(uint160(registry)) << 96) | licenseId;
        uint256 second = (uint256(uint160(account)) << 96) | (modelId << 32) | termsId;
        return abi.encode(first, second);
    }

    function license(address vault) internal view returns (address registry, uint256 licenseId) {
        (uint256 first, ) = _words(vault);
        return (address(uint160(first >> 96)), uint96(first));
    }

    function parties(address vault) internal view returns (address account, uint256 modelId, uint32 termsId) {
        (, uint256 second) = _words(vault);
        return (address(uint160(second >> 96)), uint64(second >> 32), uint32(second));
    }

    function _words(address vault) private view returns (uint256 first, uint256 second) {
        return abi.decode(Clones.fetchCloneArgs(vault), (uint256, uint256));
    }
}
