// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Account, IHostAccounts} from "../interfaces/IHostAccounts.sol";
import {IParameters, Rules} from "../interfaces/IParameters.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";
import {Exit, Exits} from "../libraries/Exits.sol";
import {OmlDomain} from "../libraries/OmlDomain.sol";
import {StrictSignature} from "../libraries/StrictSignature.sol";

/// @title The part of the license registry that keeps host accounts: their bonds, and the signers that bind them.
abstract contract HostAccounts is IHostAccounts {
    using ExactTransfer for IERC20;
    using Exits for Exit;
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    struct Binding {
        address account;
        uint40 revokedAt;
    }

    bytes32 private constant BINDING_TYPEHASH = keccak256("SignerBinding(address account)");

    IERC20 public immutable token;
    address private immutable _deployer;
    uint40 internal immutable _exitDelay;
    uint40 private immutable _exitWindow;
    uint40 private immutable _revocationDelay;

    /// @inheritdoc IHostAccounts
    address public court;
    /// @inheritdoc IHostAccounts
    address public leakCourt;
    mapping(address account => Account) internal _accounts;
    mapping(address signer => Binding) private _bindings;

    modifier onlyCourt() {
        if (msg.sender != court) revert LicenseRegistry_NotCourt(msg.sender);
        _;
    }

    modifier onlyLeakCourt() {
        if (msg.sender != leakCourt) revert LicenseRegistry_NotLeakCourt(msg.sender);
        _;
    }

    constructor(IParameters parameters) {
        Rules memory rules = parameters.rules();
        token = IERC20(parameters.token());
        _exitDelay = rules.exitDelay;
        _exitWindow = rules.exitWindow;
        _revocationDelay = rules.revocationDelay;
        _deployer = msg.sender;
    }

    /// @inheritdoc IHostAccounts
    function bindCourt(address court_) external {
        _checkBinding(court);
        court = court_;
    }

    /// @inheritdoc IHostAccounts
    function bindLeakCourt(address leakCourt_) external {
        _checkBinding(leakCourt);
        leakCourt = leakCourt_;
    }

    /// @inheritdoc IHostAccounts
    function depositBond(address account, uint256 amount) external {
        _addBond(account, amount);
        token.pull(msg.sender, amount);
    }

    /// @inheritdoc IHostAccounts
    function announceExit(uint256 amount) external {
        Account storage account = _accounts[msg.sender];
        if (amount > account.bond) revert LicenseRegistry_InsufficientBond(msg.sender, account.bond, amount);
        uint40 ripeAt = account.exit.announce(uint96(amount), _exitDelay);
        emit ExitAnnounced(msg.sender, amount, ripeAt, ripeAt + _exitWindow);
    }

    /// @inheritdoc IHostAccounts
    function withdraw() external returns (uint256 amount) {
        Account storage account = _accounts[msg.sender];
        uint256 most = Math.saturatingSub(account.bond, uint256(account.allocated) + account.contested);
        // Check and effect
        amount = account.exit.takeRipe(_exitWindow, most);
        account.bond -= uint64(amount);
        emit BondWithdrawn(msg.sender, amount, account.bond);
        // Interaction
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IHostAccounts
    function reinstateAccount(address account) external {
        if (!_reinstate(account)) revert LicenseRegistry_NotCovered(account);
    }

    /// @inheritdoc IHostAccounts
    function bindSigner(address signer, bytes calldata signature) external {
        address taken = _bindings[signer].account;
        if (taken != address(0)) revert LicenseRegistry_SignerTaken(signer, taken);
        bytes32 digest = OmlDomain.digest(address(this), keccak256(abi.encode(BINDING_TYPEHASH, msg.sender)));
        if (signer == address(0) || StrictSignature.signerOf(digest, signature) != signer) {
            revert LicenseRegistry_InvalidSignerSignature(signer);
        }
        _bindings[signer].account = msg.sender;
        emit SignerBound(signer, msg.sender);
    }

    /// @inheritdoc IHostAccounts
    function revokeSigner(address signer) external {
        Binding storage binding = _bindings[signer];
        if (binding.account != msg.sender) revert LicenseRegistry_UnknownSigner(signer);
        if (binding.revokedAt != 0) return; // the first call counts
        binding.revokedAt = uint40(block.timestamp) + _revocationDelay;
        emit SignerRevoked(signer, msg.sender, binding.revokedAt);
    }

    /// @inheritdoc IHostAccounts
    function contest(address account, uint256 amount) external onlyCourt {
        uint256 reachable = slashable(account);
        if (amount > reachable) revert LicenseRegistry_InsufficientBond(account, reachable, amount);
        uint64 contested = _accounts[account].contested += uint64(amount);
        emit BondContested(account, amount, contested);
    }

    /// @inheritdoc IHostAccounts
    function returnBond(address account, uint256 amount) external onlyCourt {
        uint64 contested = _accounts[account].contested -= amount.toUint64();
        emit BondReturned(account, amount, contested);
    }

    /// @inheritdoc IHostAccounts
    function take(address account, uint256 contested, uint256 amount, bool slash) external onlyCourt {
        // Check: what other claims set aside stays in the bond.
        if (amount > contested) revert LicenseRegistry_InsufficientBond(account, contested, amount);
        // Effect
        Account storage stored = _accounts[account];
        stored.contested -= contested.toUint64();
        stored.bond -= uint64(amount);
        stored.exit.cut(amount);
        emit BondTaken(account, contested, amount, slash, stored.bond);
        // Interaction
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IHostAccounts
    function suspendAccount(address account) external onlyCourt {
        Account storage stored = _accounts[account];
        if (stored.suspendedAt != 0 || isCovered(account)) return;
        stored.suspendedAt = uint40(block.timestamp);
        emit AccountSuspended(account);
    }

    /// @inheritdoc IHostAccounts
    function closeAccount(address account) external onlyCourt {
        Account storage stored = _accounts[account];
        if (stored.isClosed) return;
        stored.isClosed = true;
        if (stored.suspendedAt == 0) stored.suspendedAt = uint40(block.timestamp);
        emit AccountClosed(account);
    }

    /// @inheritdoc IHostAccounts
    function accountOf(address account) external view returns (Account memory stored) {
        stored = _accounts[account];
        if (_announced(account) == 0) stored.exit = Exit(0, 0);
    }

    /// @inheritdoc IHostAccounts
    function bondOf(address account) external view returns (uint256 bond, uint256 contested) {
        return (_accounts[account].bond, _accounts[account].contested);
    }

    /// @inheritdoc IHostAccounts
    function signerOf(address signer) external view returns (address account, uint40 revokedAt) {
        return (_bindings[signer].account, _bindings[signer].revokedAt);
    }

    /// @inheritdoc IHostAccounts
    function free(address account) public view returns (uint256) {
        Account storage stored = _accounts[account];
        uint256 bound = uint256(stored.allocated) + stored.contested + _announced(account);
        return Math.saturatingSub(stored.bond, bound);
    }

    /// @inheritdoc IHostAccounts
    function slashable(address account) public view returns (uint256) {
        return _accounts[account].bond - _accounts[account].contested;
    }

    /// @inheritdoc IHostAccounts
    function isCovered(address account) public view returns (bool) {
        return _accounts[account].bond - _announced(account) >= _accounts[account].allocated;
    }

    /// @inheritdoc IHostAccounts
    function actsFor(address account, address caller) public view returns (bool) {
        if (caller == account) return true;
        Binding storage binding = _bindings[caller];
        return binding.account == account && (binding.revokedAt == 0 || block.timestamp < binding.revokedAt);
    }

    function _addBond(address account, uint256 amount) internal {
        uint64 bond = _accounts[account].bond += amount.toUint64();
        emit BondDeposited(account, msg.sender, amount, bond);
        _reinstate(account);
    }

    function _suspendedAt(address account) internal view returns (uint40) {
        return _accounts[account].suspendedAt;
    }

    /// @dev For one more license.
    function _reserve(address account, uint96 amount) internal {
        uint256 unreserved = free(account);
        if (unreserved < amount) revert LicenseRegistry_InsufficientBond(account, unreserved, amount);
        _accounts[account].allocated += uint64(amount); // no more than the bond
        _accounts[account].licenses += 1;
    }

    function _reinstate(address account) private returns (bool done) {
        Account storage stored = _accounts[account];
        done = stored.suspendedAt != 0 && !stored.isClosed && isCovered(account);
        if (!done) return false;
        stored.suspendedAt = 0;
        emit AccountReinstated(account);
    }

    function _announced(address account) private view returns (uint96) {
        return _accounts[account].exit.standing(_exitWindow);
    }

    function _checkBinding(address bound) private view {
        if (msg.sender != _deployer) revert LicenseRegistry_NotDeployer(msg.sender);
        if (bound != address(0)) revert LicenseRegistry_AlreadyBound(bound);
    }
}
