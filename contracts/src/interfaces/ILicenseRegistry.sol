// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Where a license stands. BONDED: terms accepted and bond reserved. ACTIVE: the edition is delivered.
/// CLOSING: exit asked for, bond still slashable. CLOSED: bond freed.
enum LicenseState {
    NONE,
    BONDED,
    ACTIVE,
    CLOSING,
    CLOSED
}

struct License {
    uint256 modelId;
    address account;
    address vault;
    LicenseState state;
    uint64 acceptedAt;
    uint64 closedAt; // when CLOSING may become CLOSED
    uint256 reserved; // part of the account bond
    bytes32 editionRoot;
}

struct AcceptParams {
    uint256 modelId;
    uint256 maxBond; // guard: refuse terms that reserve more
    uint256 maxFloorPrice; // guard: refuse terms with a higher floor
    string endpoint; // public base URL of the gateway
    bytes32 encryptionKey; // X25519 public key the edition is sealed to
    bytes32 hostSalt; // enters the draw of the edition's tracing keys
}

struct Account {
    uint256 bond; // all of it
    uint256 allocated; // to licenses
    uint256 contested; // reserved by admitted claims
    uint256 leaving; // asked to withdraw
    uint64 leavableAt;
    uint64 lastSlashAt;
}

/// @notice Host accounts with their bonds and signers, and the SERVE licenses that reserve parts of a bond.
interface ILicenseRegistry {
    event BondDeposited(address indexed account, address indexed from, uint256 amount, uint256 bond);
    event WithdrawalRequested(address indexed account, uint256 amount, uint64 leavableAt);
    event BondWithdrawn(address indexed account, uint256 amount, uint256 bond);
    event BondContested(address indexed account, uint256 amount);
    event BondReleased(address indexed account, uint256 amount);
    event BondTaken(address indexed account, uint256 amount, bool slash, uint256 bond);
    event LicenseAccepted(
        uint256 indexed licenseId,
        uint256 indexed modelId,
        address indexed account,
        address vault,
        uint256 reserved,
        string endpoint,
        bytes32 encryptionKey,
        bytes32 hostSalt
    );
    event EditionDelivered(uint256 indexed licenseId, bytes32 editionRoot);
    event EndpointChanged(uint256 indexed licenseId, string endpoint);
    event LicenseClosing(uint256 indexed licenseId, uint64 closedAt);
    event LicenseClosed(uint256 indexed licenseId);
    event SignerBound(address indexed signer, address indexed account);
    event SignerRevoked(address indexed signer, uint64 effectiveAt);

    error LicenseRegistry_InsufficientBond(address account, uint256 free, uint256 needed);
    error LicenseRegistry_AlreadyLicensed(uint256 licenseId);
    error LicenseRegistry_TermsAboveGuard(uint256 minBond, uint256 floorPrice);
    error LicenseRegistry_NotAccount(uint256 licenseId, address caller);
    error LicenseRegistry_NotDeliverer(uint256 licenseId, address caller);
    error LicenseRegistry_WrongState(uint256 licenseId, LicenseState state);
    error LicenseRegistry_SignerTaken(address signer, address account);
    error LicenseRegistry_InvalidSignerSignature(address signer);
    error LicenseRegistry_UnknownSigner(address signer);
    error LicenseRegistry_NotCourt(address caller);
    error LicenseRegistry_CourtAlreadyBound(address court);
    error LicenseRegistry_TooEarly(uint64 readyAt);
    error LicenseRegistry_NothingToWithdraw(address account);

    /// @notice Adds `amount` of the token to an account's bond; the caller pays (needs an allowance).
    function depositBond(address account, uint256 amount) external;
    /// @notice Announces that `amount` leaves after the exit delay; it stays slashable until then.
    function requestWithdrawal(uint256 amount) external;
    /// @notice Pays out what was announced, as far as it is neither allocated nor contested.
    function withdraw() external returns (uint256 amount);
    /// @notice Binds a signer to msg.sender, once and forever, with the signer's EIP-712 `SignerBinding(address account)`.
    function bindSigner(address signer, bytes calldata signature) external;
    /// @notice Revokes a signer of msg.sender after the revocation delay.
    function revokeSigner(address signer) external;
    /// @notice Accepts the model's terms as msg.sender's account and deploys the license's vault. One open license per account and model.
    function accept(AcceptParams calldata params) external returns (uint256 licenseId);
    /// @notice Records the root of the licensee's edition, by the model's owner or agent: BONDED becomes ACTIVE.
    function deliver(uint256 licenseId, bytes32 editionRoot) external;
    function setEndpoint(uint256 licenseId, string calldata endpoint) external;
    function close(uint256 licenseId) external;
    /// @notice After the exit delay, frees the license's part of the bond.
    function finishClose(uint256 licenseId) external;

    /// @notice Court only: sets `amount` of the bond aside for an admitted claim.
    function contest(address account, uint256 amount) external;
    /// @notice Court only: gives back what a claim set aside.
    function release(address account, uint256 amount) external;
    /// @notice Court only: takes `amount` out of `contested` money and sends it to the court; `slash` starts the cooldown.
    function take(address account, uint256 contested, uint256 amount, bool slash) external;

    /// @notice Names the claim court, by the deployer, once.
    function bindCourt(address court) external;
    function court() external view returns (address);

    function license(uint256 licenseId) external view returns (License memory);
    function accountOf(address account) external view returns (Account memory);
    /// @notice Bond that is not set aside by claims: what a new claim can reach.
    function slashable(address account) external view returns (uint256);
    /// @notice The account a signer is bound to, and when its revocation takes effect (0: not revoked).
    function signerOf(address signer) external view returns (address account, uint64 revokedAt);
    /// @notice The latest license of an account on a model, 0 if none.
    function licenseOf(address account, uint256 modelId) external view returns (uint256 licenseId);
    function licenseCount() external view returns (uint256);
}
