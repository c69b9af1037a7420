// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Exit} from "../libraries/Exits.sol";

/// @notice One host account, in two slots: what acceptances and claims turn on, then the exit. 64 bits hold 18 trillion
/// dollars.
struct Account {
    uint64 bond; // all of it
    uint64 allocated; // reserved by licenses
    uint64 contested; // set aside by the claim court
    uint16 licenses; // tokens the account holds
    uint40 suspendedAt; // by the claim court, until it is covered again; 0: not suspended
    bool isClosed; // by the claim court, for good
    Exit exit;
}

/// @notice The accounts of licensees: their bonds, and the signers that bind them. Amounts in the token's smallest
/// unit.
interface IHostAccounts {
    event BondDeposited(address indexed account, address indexed from, uint256 amount, uint256 bond);
    /// @notice Instead of what was announced before; it lapses unless it left by `lapsesAt`.
    event ExitAnnounced(address indexed account, uint256 amount, uint40 ripeAt, uint40 lapsesAt);
    event BondWithdrawn(address indexed account, uint256 amount, uint256 bond);
    event BondContested(address indexed account, uint256 amount, uint256 contested);
    event BondReturned(address indexed account, uint256 amount, uint256 contested);
    event BondTaken(address indexed account, uint256 contested, uint256 amount, bool slash, uint256 bond);
    event AccountSuspended(address indexed account);
    event AccountReinstated(address indexed account);
    event AccountClosed(address indexed account);
    event SignerBound(address indexed signer, address indexed account);
    event SignerRevoked(address indexed signer, address indexed account, uint40 effectiveAt);

    error LicenseRegistry_InsufficientBond(address account, uint256 free, uint256 needed);
    error LicenseRegistry_NotCovered(address account);
    error LicenseRegistry_AccountClosed(address account);
    error LicenseRegistry_SignerTaken(address signer, address account);
    error LicenseRegistry_InvalidSignerSignature(address signer);
    error LicenseRegistry_UnknownSigner(address signer);
    error LicenseRegistry_NotDeployer(address caller);
    error LicenseRegistry_NotCourt(address caller);
    error LicenseRegistry_NotLeakCourt(address caller);
    error LicenseRegistry_AlreadyBound(address court);

    /// @notice Adds `amount` of the token to an account's bond; the caller pays (needs an allowance).
    function depositBond(address account, uint256 amount) external;
    /// @notice Announces that `amount` of msg.sender's bond leaves: ripe after the exit delay, lapsed an exit window
    /// later. Until it has left it covers nothing, and slashes take it first. Replaces what was announced before.
    function announceExit(uint256 amount) external;
    /// @notice Pays out what is ripe, as far as it is neither reserved by licenses nor contested.
    function withdraw() external returns (uint256 amount);
    /// @notice Ends the suspension of an account that is covered again, by anyone; a deposit does so by itself.
    function reinstateAccount(address account) external;
    /// @notice Binds a signer to msg.sender, once and forever, with the signer's EIP-712 `SignerBinding(address
    /// account)`.
    function bindSigner(address signer, bytes calldata signature) external;
    /// @notice Revokes a signer of msg.sender after the revocation delay; the first call counts.
    function revokeSigner(address signer) external;

    /// @notice Claim court only: sets `amount` of the bond aside for an admitted claim.
    function contest(address account, uint256 amount) external;
    /// @notice Claim court only: returns what a claim set aside to the rest of the bond.
    function returnBond(address account, uint256 amount) external;
    /// @notice Claim court only: ends a reservation of `contested` and sends `amount` of the bond, at most that much,
    /// to the court, announced money first; `slash` marks the account as slashed now.
    function take(address account, uint256 contested, uint256 amount, bool slash) external;
    /// @notice Claim court only: suspends all licenses of an account that is not covered, until it is.
    function suspendAccount(address account) external;
    /// @notice Claim court only: suspends them for good; the account accepts nothing any more.
    function closeAccount(address account) external;

    /// @notice Names the claim court, by the deployer, once.
    function bindCourt(address court) external;
    /// @notice Names the leak court, by the deployer, once.
    function bindLeakCourt(address leakCourt) external;
    function court() external view returns (address);
    function leakCourt() external view returns (address);

    /// @notice An exit that lapsed is shown as none.
    function accountOf(address account) external view returns (Account memory);
    /// @notice The whole bond, announced money included, and what claims set aside of it: one slot.
    function bondOf(address account) external view returns (uint256 bond, uint256 contested);
    /// @notice Bond that a new license may reserve: neither reserved, contested nor announced.
    function free(address account) external view returns (uint256);
    /// @notice Bond that is not set aside by claims: what a new claim can reach.
    function slashable(address account) external view returns (uint256);
    /// @notice Does the bond, without what is announced to leave, reach what the account's licenses reserve?
    function isCovered(address account) external view returns (bool);
    /// @notice The account a signer is bound to, and when its revocation takes effect (0: not revoked).
    function signerOf(address signer) external view returns (address account, uint40 revokedAt);
    /// @notice May `caller` act for the account: the account itself, or a signer whose revocation is not in effect?
    function actsFor(address account, address caller) external view returns (bool);
}
