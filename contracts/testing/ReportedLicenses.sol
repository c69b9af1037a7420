// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {LicenseState} from "../src/interfaces/ILicenseRegistry.sol";

/// @notice Answers the leak court as a license registry would, for licenses that a test makes up, and keeps what the
/// court did to them.
contract ReportedLicenses {
    struct Reported {
        address account;
        uint256 modelId;
        LicenseState state;
        uint256 leakBond;
        uint40 frozenUntil;
        uint256 bars; // bar counts up, reinstate down
    }

    IERC20 private immutable _token;
    address private _court;
    mapping(uint256 licenseId => Reported) private _licenses;

    error NotCourt(address caller);

    constructor(IERC20 token) {
        _token = token;
    }

    function bindLeakCourt(address court) external {
        _court = court;
    }

    /// @notice Makes up a license; its leak bond must have been paid in.
    function set(uint256 licenseId, address account, uint256 modelId, LicenseState state, uint256 leakBond) external {
        _licenses[licenseId] = Reported(account, modelId, state, leakBond, 0, 0);
    }

    function setState(uint256 licenseId, LicenseState state) external {
        _licenses[licenseId].state = state;
    }

    function freeze(uint256 licenseId, uint40 until) external {
        _onlyCourt();
        _licenses[licenseId].frozenUntil = until;
    }

    function bar(uint256 licenseId) external {
        _onlyCourt();
        _licenses[licenseId].bars += 1;
    }

    function reinstate(uint256 licenseId) external {
        _onlyCourt();
        _licenses[licenseId].bars -= 1;
    }

    function takeLeakBond(uint256 licenseId, uint256 amount, address to) external {
        _onlyCourt();
        _licenses[licenseId].leakBond -= amount;
        _licenses[licenseId].state = LicenseState.SLASHED;
        _token.transfer(to, amount);
    }

    function leakBondOf(uint256 licenseId) external view returns (uint256) {
        return _licenses[licenseId].leakBond;
    }

    function reported(uint256 licenseId) external view returns (Reported memory) {
        return _licenses[licenseId];
    }

    function partiesOf(uint256 licenseId) external view returns (address, uint256, uint32, uint8, LicenseState) {
        Reported storage it = _licenses[licenseId];
        return (it.account, it.modelId, 0, 0, it.state);
    }

    function _onlyCourt() private view {
        if (msg.sender != _court) revert NotCourt(msg.sender);
    }
}
