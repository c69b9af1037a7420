// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDeriveLicenses} from "../src/interfaces/IDeriveLicenses.sol";

/// @notice Answers the model registry as a license registry would, for licenses that a test makes up.
contract DeriveLicenses is IDeriveLicenses {
    mapping(bytes32 license => uint32) private _granted;

    function grant(uint256 licenseId, address account, uint256 modelId, uint32 termsId) external {
        _granted[keccak256(abi.encode(licenseId, account, modelId))] = termsId;
    }

    function deriveTermsOf(uint256 licenseId, address account, uint256 modelId) external view returns (uint32) {
        return _granted[keccak256(abi.encode(licenseId, account, modelId))];
    }
}
