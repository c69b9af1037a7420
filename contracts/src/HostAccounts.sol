// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Account, ILicenseRegistry} from "./interfaces/ILicenseRegistry.sol";
import {IParameters, Values} from "./interfaces/IParameters.sol";
import {StrictSignature} from "./libraries/StrictSignature.sol";

/// @title The part of the license registry that keeps host accounts: their bonds, and the signers that bind them.
abstract contract HostAccounts is ILicenseRegistry, EIP712 {
    using SafeERC20 for IERC20;

    struct Binding {
        address account;
        uint64 revokedAt;
    }

    bytes32 private constant BINDING_TYPEHASH = keccak256("SignerBinding(address account)");

    IERC20 public immutable token;
    address private immutable _deployer;
    uint64 internal immutable _exitDelay;
    uint64 private immutable _revocationDelay;

    /// @notice The claim court, bound once by the deployer.
    address public court;
    mapping(address account => Account) internal _accounts;
    mapping(address signer => Binding) private _bindings;

    modifier onlyCourt() {
        if (msg.sender != court) revert LicenseRegistry_NotCourt(msg.sender);
        _;
    }

    constructor(IParameters parameters) EIP712("OML", "1") {
        Values memory values = parameters.values();
        token = IERC20(parameters.token());
        _exitDelay = values.exitDelay;
        _revocationDelay = values.revocationDelay;
        _deployer = msg.sender;
    }

    /// @inheritdoc ILicenseRegistry
    function bindCourt(address court_) external {
        if (msg.sender != _deployer) revert LicenseRegistry_NotCourt(msg.sender);
        if (court != address(0)) revert LicenseRegistry_CourtAlreadyBound(court);
        court = court_;
    }

    /// @inheritdoc ILicenseRegistry
    function depositBond(address account, uint256 amount) external {
        uint256 bond = _accounts[account].bond += amount;
        emit BondDeposited(account, msg.sender, amount, bond);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc ILicenseRegistry
    function requestWithdrawal(uint256 amount) external {
        Account storage account = _accounts[msg.sender];
        if (amount > account.bond) revert LicenseRegistry_InsufficientBond(msg.sender, account.bond, amount);
        account.leaving = amount;
        account.leavableAt = uint64(block.timestamp) + _exitDelay;
        emit WithdrawalRequested(msg.sender, amount, account.leavableAt);
    }

    /// @inheritdoc ILicenseRegistry
    function withdraw() external returns (uint256 amount) {
        Account storage account = _accounts[msg.sender];
        if (account.leaving == 0) revert LicenseRegistry_NothingToWithdraw(msg.sender);
        if (block.timestamp < account.leavableAt) revert LicenseRegistry_TooEarly(account.leavableAt);
        amount = Math.min(account.leaving, Math.saturatingSub(account.bond, account.allocated + account.contested));
        if (amount == 0) revert LicenseRegistry_NothingToWithdraw(msg.sender);
        account.leaving -= amount;
        account.bond -= amount;
        emit BondWithdrawn(msg.sender, amount, account.bond);
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ILicenseRegistry
    function bindSigner(address signer, bytes calldata signature) external {
        address taken = _bindings[signer].account;
        if (taken != address(0)) revert LicenseRegistry_SignerTaken(signer, taken);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(BINDING_TYPEHASH, msg.sender)));
        if (signer == address(0) || StrictSignature.signerOf(digest, signature) != signer) {
            revert LicenseRegistry_InvalidSignerSignature(signer);
        }
        _bindings[signer].account = msg.sender;
        emit SignerBound(signer, msg.sender);
    }

    /// @inheritdoc ILicenseRegistry
    function revokeSigner(address signer) external {
        Binding storage binding = _bindings[signer];
        if (binding.account != msg.sender) revert LicenseRegistry_UnknownSigner(signer);
        if (binding.revokedAt != 0) return; // the first call counts
        binding.revokedAt = uint64(block.timestamp) + _revocationDelay;
        emit SignerRevoked(signer, binding.revokedAt);
    }

    /// @inheritdoc ILicenseRegistry
    function contest(address account, uint256 amount) external onlyCourt {
        uint256 free = slashable(account);
        if (amount > free) revert LicenseRegistry_InsufficientBond(account, free, amount);
        _accounts[account].contested += amount;
        emit BondContested(account, amount);
    }

    /// @inheritdoc ILicenseRegistry
    function release(address account, uint256 amount) external onlyCourt {
        _accounts[account].contested -= amount;
        emit BondReleased(account, amount);
    }

    /// @inheritdoc ILicenseRegistry
    function take(address account, uint256 contested, uint256 amount, bool slash) external onlyCourt {
        Account storage stored = _accounts[account];
        stored.contested -= contested;
        stored.bond -= amount;
        if (slash) stored.lastSlashAt = uint64(block.timestamp);
        emit BondTaken(account, amount, slash, stored.bond);
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ILicenseRegistry
    function accountOf(address account) external view returns (Account memory) {
        return _accounts[account];
    }

    /// @inheritdoc ILicenseRegistry
    function signerOf(address signer) external view returns (address account, uint64 revokedAt) {
        return (_bindings[signer].account, _bindings[signer].revokedAt);
    }

    /// @inheritdoc ILicenseRegistry
    function slashable(address account) public view returns (uint256) {
        return Math.saturatingSub(_accounts[account].bond, _accounts[account].contested);
    }
}
