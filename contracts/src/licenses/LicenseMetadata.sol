// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// JSON is readable only between single quotes.
// solhint-disable quotes

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {LicenseState} from "../interfaces/ILicenseRegistry.sol";

/// @title What a wallet shows of a license: name, kind and state as they are now.
library LicenseMetadata {
    using Strings for uint256;

    /// @notice A data URI of ERC-721 metadata.
    function uriOf(
        uint256 licenseId,
        uint256 modelId,
        uint32 termsId,
        uint8 kind,
        LicenseState state
    ) internal pure returns (string memory) {
        string memory json = string.concat(
            '{"name":"OML license ',
            licenseId.toString(),
            '","description":"',
            _word(kind),
            " license of OML model ",
            modelId.toString(),
            '","attributes":[',
            _trait("state", string.concat('"', _word(state), '"')),
            ",",
            _trait("kind", string.concat('"', _word(kind), '"')),
            ",",
            _trait("model", modelId.toString()),
            ",",
            _trait("terms", uint256(termsId).toString()),
            "]}"
        );
        return string.concat("data:application/json;base64,", Base64.encode(bytes(json)));
    }

    function _trait(string memory name, string memory value) private pure returns (string memory) {
        return string.concat('{"trait_type":"', name, '","value":', value, "}");
    }

    function _word(uint8 kind) private pure returns (string memory) {
        string[3] memory words = ["SERVE", "PRIVATE", "DERIVE"];
        return words[kind];
    }

    function _word(LicenseState state) private pure returns (string memory) {
        string[9] memory words = [
            "NONE",
            "REQUESTED",
            "BONDED",
            "DELIVERED",
            "ACTIVE",
            "SUSPENDED",
            "CLOSING",
            "CLOSED",
            "SLASHED"
        ];
        return words[uint8(state)];
    }
}
