// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDeriveLicenses} from "./IDeriveLicenses.sol";
import {IHostAccounts} from "./IHostAccounts.sol";

/// @notice Where a license stands.
/// REQUESTED: paid and bonded, waits for the owner's approval. BONDED: waits for its edition. DELIVERED: waits for the
/// licensee. ACTIVE: in use. SUSPENDED: one of these three, while a cause stands. CLOSING: exit asked for, bonds still
/// within reach. CLOSED: bonds freed. SLASHED: the leak bond was taken; the rest is freed after the exit delay.
enum LicenseState {
    NONE,
    REQUESTED,
    BONDED,
    DELIVERED,
    ACTIVE,
    SUSPENDED,
    CLOSING,
    CLOSED,
    SLASHED
}

/// @notice What keeps a license from being active. The last three take anyone's call, and end with an activation.
enum Suspension {
    NONE,
    MARKED, // its model: an upheld blame showed that editions of it answer for another model
    ACCOUNT, // its account was suspended or closed by the claim court
    BARRED, // by the leak court
    CLAIMED, // by the claim court: uses that were claimed are not booked
    LAPSED, // a PRIVATE license whose period is over
    UNCOVERED, // the account's bond does not cover its licenses
    OUTDATED // a release was delivered and not taken up in time
}

struct License {
    address account;
    uint256 modelId;
    uint32 termsId;
    uint8 kind; // TermsKind
    LicenseState state;
    address vault; // counterfactual: money may arrive before its code does
    uint96 leakBond;
    uint40 closedAt; // when CLOSING may become CLOSED; 0 before, and for a SLASHED license that is done
    uint40 frozenUntil;
    uint40 activateBy; // of the release delivered last
    uint40 paidFor; // PRIVATE: seconds that begin with the first activation; 0 since then
    uint40 paidUntil; // PRIVATE: since the first activation
    uint32 delivered; // the latest release delivered
    uint32 activated; // the latest release in use
    uint40 activatedAt; // the first time; never changes
    uint40 inactiveSince; // the earliest cause that stands; 0: none
    Suspension suspension; // the foremost of them
    bytes32 editionRoot; // of the edition delivered last
}

struct AcceptParams {
    uint256 modelId;
    uint32 termsId; // the price guard: other terms than these are refused, and what an id means never changes
    uint96 deposit; // added to the account's bond in the same call
    string endpoint; // public base URL of the gateway
    bytes32 encryptionKey; // X25519 public key the edition is sealed to
    bytes32 hostSalt; // enters the draw of the edition's tracing keys
}

/// @notice A license as one that serves, and owes for the uses that name it.
struct Serving {
    address account;
    uint256 modelId;
    address vault;
    uint256 floorPrice; // these two are those of the terms that it accepted; 0 where
    uint256 slashBps; // it was never activated, or is no SERVE license
}

/// @notice An EIP-2612 permit of msg.sender for the registry.
struct Permit {
    uint256 value;
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}

/// @notice Licenses of three kinds as account-bound ERC-721 tokens (ERC-5192): an edition is made for one licensee, so
/// its license stays
/// with it. Every license reserves a part of its account's bond, posts a leak bond of its own, and owns a vault.
interface ILicenseRegistry is IHostAccounts, IDeriveLicenses {
    event LicenseAccepted(
        uint256 indexed licenseId,
        uint256 indexed modelId,
        address indexed account,
        uint32 termsId,
        uint8 kind,
        LicenseState state,
        address vault,
        uint96 bond,
        uint96 leakBond,
        string endpoint,
        bytes32 encryptionKey,
        bytes32 hostSalt
    );
    event LicenseApproved(uint256 indexed licenseId, address indexed by);
    event LicenseRenewed(
        uint256 indexed licenseId,
        address indexed payer,
        uint32 periods,
        uint256 paid,
        uint40 paidUntil
    );
    event EditionDelivered(uint256 indexed licenseId, uint32 indexed release, bytes32 editionRoot, uint40 activateBy);
    event LicenseActivated(uint256 indexed licenseId, uint32 indexed release, uint40 paidUntil);
    event LicenseSuspended(uint256 indexed licenseId, Suspension reason);
    /// @notice A court's last `cause` has fallen; `state` says whether another stands.
    event LicenseReinstated(uint256 indexed licenseId, Suspension cause, LicenseState state);
    event LicenseFrozen(uint256 indexed licenseId, uint40 until);
    event LeakBondTaken(uint256 indexed licenseId, address indexed to, uint256 amount, uint256 left, uint40 closedAt);
    event EndpointChanged(uint256 indexed licenseId, string endpoint);
    event LicenseClosing(uint256 indexed licenseId, uint40 closedAt);
    /// @notice `bond` is freed, `leakBond` and `price` (of a request that was not approved) go back to the account.
    event LicenseClosed(uint256 indexed licenseId, uint256 bond, uint256 leakBond, uint256 price);
    event VaultDeployed(uint256 indexed licenseId, address vault);

    error LicenseRegistry_UnknownLicense(uint256 licenseId);
    error LicenseRegistry_AlreadyLicensed(uint256 licenseId);
    error LicenseRegistry_NotOffered(uint256 modelId, uint32 termsId, uint32 offered);
    error LicenseRegistry_NotAccount(uint256 licenseId, address caller);
    error LicenseRegistry_NotDeliverer(uint256 licenseId, address caller);
    error LicenseRegistry_WrongState(uint256 licenseId, LicenseState state);
    error LicenseRegistry_WrongKind(uint256 licenseId, uint8 kind);
    error LicenseRegistry_WrongRelease(uint256 licenseId, uint32 release, uint32 delivered);
    error LicenseRegistry_NothingToActivate(uint256 licenseId);
    error LicenseRegistry_StillSuspended(uint256 licenseId, Suspension reason);
    error LicenseRegistry_NothingToSuspend(uint256 licenseId);
    error LicenseRegistry_TooEarly(uint40 readyAt);
    error LicenseRegistry_ModelMarked(uint256 modelId);
    error LicenseRegistry_Frozen(uint256 licenseId, uint40 until);
    error LicenseRegistry_Barred(uint256 licenseId);
    error LicenseRegistry_FreezeTooLong(uint256 licenseId, uint40 until);
    error LicenseRegistry_InsufficientLeakBond(uint256 licenseId, uint256 leakBond, uint256 amount);
    error LicenseRegistry_NoPeriods();
    error LicenseRegistry_AccountBound(uint256 licenseId);

    /// @notice Accepts what a model offers, as msg.sender's account: adds `deposit` to the bond, reserves the terms'
    /// bond, posts the leak
    /// bond and pays the price (needs an allowance). One open license per account, model and kind.
    function accept(AcceptParams calldata params) external returns (uint256 licenseId);
    /// @notice The same, with the allowance in the same call. A permit that was used before does not hinder it.
    function acceptWithPermit(
        AcceptParams calldata params,
        Permit calldata permit
    ) external returns (uint256 licenseId);
    /// @notice Admits a licensee where the terms ask for it, by the model's owner or agent: REQUESTED becomes BONDED.
    function approveLicense(uint256 licenseId) external;
    /// @notice Refuses a licensee, by the model's owner or agent: everything goes back.
    function decline(uint256 licenseId) external;
    /// @notice Pays a PRIVATE license for more periods, by anyone (needs an allowance). `paidUntil` is 0 before the
    /// first activation.
    function renew(uint256 licenseId, uint32 periods) external;
    /// @notice Records the root of the licensee's edition of a release, by the model's owner or agent. A release that
    /// was activated
    /// keeps its edition.
    function deliver(uint256 licenseId, uint32 release, bytes32 editionRoot) external;
    /// @notice Takes up what was delivered, or ends a suspension whose cause is gone; by the account or one of its
    /// signers.
    function activate(uint256 licenseId) external;
    /// @notice Suspends an ACTIVE license that lapsed, is uncovered or behind a release; by anyone.
    function suspend(uint256 licenseId) external returns (Suspension reason);
    function setEndpoint(uint256 licenseId, string calldata endpoint) external;
    /// @notice Asks for the exit, by the account. A mere request is over at once, and everything goes back.
    function close(uint256 licenseId) external;
    /// @notice After the exit delay, frees the license's part of the bond and returns its leak bond; by anyone. A
    /// barred license keeps
    /// its leak bond, and with it waits, until the leak court has ended its report.
    function finishClose(uint256 licenseId) external;
    /// @notice Gives a license's vault its code, by anyone, as often as one likes.
    function deployVault(uint256 licenseId) external returns (address vault);

    /// @notice Claim court only: one more cause that suspends a license.
    function suspendLicense(uint256 licenseId) external;
    /// @notice Claim court only: one cause less.
    function liftSuspension(uint256 licenseId) external;
    /// @notice Claim court only: asks for the license's exit, as `close` does; nothing happens where there is none to
    /// ask for.
    function closeLicense(uint256 licenseId) external;

    /// @notice Leak court only: holds the license's payouts and exit until then, at most the freeze period from now; an
    /// earlier time thaws.
    function freeze(uint256 licenseId, uint40 until) external;
    /// @notice Leak court only: suspends a license, and holds its leak bond, until it is reinstated.
    function bar(uint256 licenseId) external;
    /// @notice Leak court only.
    function reinstate(uint256 licenseId) external;
    /// @notice Leak court only: sends a part of the license's leak bond and ends the license. Never reaches the account
    /// bond.
    /// What was paid with a request that waits for approval goes back to the account.
    function takeLeakBond(uint256 licenseId, uint256 amount, address to) external;

    function license(uint256 licenseId) external view returns (License memory);
    /// @notice Did the license name its model in an answer given at `answeredAt`: first activated not much later, and
    /// not inactive since long before? As it is known now: a cause that falls takes its date along.
    function inForceAt(uint256 licenseId, uint256 answeredAt) external view returns (bool);
    /// @notice What claims and bookings of uses turn on that name the license, from its first activation, whatever
    /// became of it since.
    function servingOf(uint256 licenseId) external view returns (Serving memory);
    /// @notice The hot part of a license: one slot, zeros if there is none. `state` is where it stands but for
    /// suspensions.
    function partiesOf(
        uint256 licenseId
    ) external view returns (address account, uint256 modelId, uint32 termsId, uint8 kind, LicenseState state);
    /// @notice Where the license's vault is or will be; zero if there is no such license. Without code nothing is
    /// booked there.
    function vaultOf(uint256 licenseId) external view returns (address);
    function leakBondOf(uint256 licenseId) external view returns (uint256);
    function isFrozen(uint256 licenseId) external view returns (bool);
    /// @notice What keeps the license from being active, or would once anyone suspends it.
    function suspensionOf(uint256 licenseId) external view returns (Suspension);
    /// @notice The latest license of an account on a model, of one TermsKind; 0 if none.
    function licenseOf(address account, uint256 modelId, uint8 kind) external view returns (uint256 licenseId);
    /// @notice Licenses accepted so far; ids start at 1.
    function licenseCount() external view returns (uint256);
}
